import Kernel
import Operations

/// What the store holds of the catalogue, with the rows behind it.
struct RecordedCatalogue: Sendable {
  let catalogue: Catalogue
  let revision: Int64
  let families: [String: FamilyRow]
  let services: [String: ServiceRow]
  let offerings: [String: OfferingRow]

  /// - Parameter family: only this one's; nil: all.
  init(in context: OperationContext, family: Int64? = nil) async throws {
    let (transaction, customers) = (context.transaction, context.reachableCustomers)
    // The revision first: what others publish meanwhile may be in the content and not in it, so that a plan is looked at once more,
    // but never in it and not in the content.
    let (revision, families, services, offerings, dependencies) = try await transaction.query(
      CatalogueRevision(), FamiliesByCode(after: "", limit: Self.all),
      ServicesByCode(today: context.today, customers: customers, state: nil, family: family, after: "", limit: Self.all),
      OfferingsByCode(today: context.today, after: "", limit: Self.all), Dependencies(service: nil, customers: customers))
    let inside = Set(services.map(\.id))
    let ofServices = offerings.filter { inside.contains($0.service) }
    let tasks = Dictionary(
      grouping: try await transaction.query(TasksOfVersions(versions: ofServices.compactMap(\.versionId))), by: \.version
    ).mapValues { $0.map(\.task) }
    let needs = Dictionary(grouping: dependencies, by: \.service).mapValues { $0.map(\.needsCode).sorted() }
    var entries: [Int64: [OfferingEntry]] = [:]
    for row in ofServices {
      guard let stored = row.published ?? row.draft else { continue }
      var content = try OfferingContent.read(stored)
      if let version = row.versionId { content = content.with(tasks[version] ?? []) }
      entries[row.service, default: []].append(OfferingEntry(code: row.code, state: row.state, content: content))
    }
    let byFamily = Dictionary(grouping: services, by: \.content.family).mapValues { rows in
      rows.map { ServiceEntry($0, needs: needs[$0.id] ?? [], offerings: entries[$0.id] ?? []) }
    }
    catalogue = Catalogue(
      families: families.filter { family == nil || $0.id == family }.map { FamilyEntry($0, services: byFamily[$0.id] ?? []) })
    self.revision = revision.first ?? 0
    self.families = Dictionary(families.map { ($0.code, $0) }) { first, _ in first }
    self.services = Dictionary(services.map { ($0.code, $0) }) { first, _ in first }
    self.offerings = Dictionary(ofServices.map { ($0.code, $0) }) { first, _ in first }
  }

  /// More than a file can hold.
  private static let all: Int64 = 100_000
}

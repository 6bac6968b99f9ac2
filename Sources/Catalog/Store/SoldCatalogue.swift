import Kernel
import Operations

/// What of the catalogue a customer's lines sell today, as the caller may see it: without needs and tasks, which are the provider's own.
struct SoldCatalogue: Sendable {
  let catalogue: Catalogue
  /// By code.
  let offerings: [String: OfferingRow]

  /// - Parameter family: only this one's; nil: all.
  init(in context: OperationContext, family: Int64?) async throws {
    let (tenant, today, sold) = (context.tenant.id, context.today, try await context.sold())
    let (services, offerings) = try await context.transaction.query(
      ServicesSold(today: today, tenant: tenant, sold: sold, publicId: nil, family: family, state: .catalogue, after: "", limit: Self.all),
      OfferingsSold(today: today, tenant: tenant, sold: sold))
    var entries: [Int64: [OfferingEntry]] = [:]
    for row in offerings {
      guard let published = row.published else { continue }
      entries[row.service, default: []].append(OfferingEntry(code: row.code, state: row.state, content: try OfferingContent.read(published)))
    }
    let families = Dictionary(grouping: services, by: \.familyCode).sorted { $0.key < $1.key }
    catalogue = Catalogue(
      families: families.compactMap { code, rows in
        rows.first.map { first in
          FamilyEntry(
            code: code, name: first.familyName, summary: first.familySummary,
            services: rows.map { ServiceEntry($0, needs: [], offerings: entries[$0.id] ?? []) })
        }
      })
    self.offerings = Dictionary(offerings.map { ($0.code, $0) }) { first, _ in first }
  }

  /// More than a customer has lines.
  private static let all: Int64 = 100_000
}

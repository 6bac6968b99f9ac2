import Kernel
import Operations

/// Carries out a plan for the whole catalogue, within one transaction.
struct CatalogueChange: Sendable {
  private let context: OperationContext
  private var families: [String: Int64]
  private var services: [String: Int64]
  private let recorded: RecordedCatalogue
  /// Customers by code.
  private let customers: [String: TenantId]
  /// Offerings that this run made.
  private var made: [String: PublicId] = [:]

  init(_ recorded: RecordedCatalogue, _ customers: [String: TenantId], _ context: OperationContext) {
    self.recorded = recorded
    self.customers = customers
    self.context = context
    families = recorded.families.mapValues(\.id)
    services = recorded.services.mapValues(\.id)
  }

  consuming func carryOut(_ plan: CataloguePlan) async throws {
    var change = self
    for step in plan.steps { try await change.perform(step.act) }
  }

  private mutating func perform(_ act: CataloguePlan.Act) async throws {
    switch act {
    case .createFamily(let family):
      families[family.code] = try await context.insertFamily(family.code, name: family.name, summary: family.summary).row
    case .changeFamily(let family):
      guard let row = recorded.families[family.code] else { throw context.beaten }
      try await context.update(row, name: family.name, summary: family.summary)
    case .createService(let service, let family):
      let onlyFor = try service.onlyFor.map { code in
        guard let customer = customers[code] else { throw context.beaten }
        return customer
      }
      services[service.code] = try await context.insertService(service.code, try content(service, family), onlyFor: onlyFor).row
    case .changeService(let service, let family):
      guard let row = recorded.services[service.code] else { throw context.beaten }
      try await context.update(row, try content(service, family), "changed")
    case .relate(let code, let needs): try await relate(code, needs)
    case .createOffering(let offering, let service):
      guard let service = services[service] else { throw context.beaten }
      let (row, id) = try await context.insertOffering(offering.code, of: service, name: offering.content.name)
      made[offering.code] = id
      context.transaction.enqueue(SaveDraft(offering: row, content: offering.content.stored, now: context.now))
    case .draft(let offering): try await context.saveDraft(offering.content, of: try await row(offering.code), .draft)
    case .publish(let offering):
      let teams = try await context.teams(Set(offering.content.tasks.map(\.team)))
      try await context.publish(offering.content, of: try await row(offering.code), teams: teams)
    case .retire(let code): try await context.retire(try await row(code))
    }
  }

  private func content(_ service: ServiceEntry, _ family: String) throws -> ServiceContent {
    guard let family = families[family] else { throw context.beaten }
    return ServiceContent(
      family: family, name: service.name, summary: service.summary, mode: service.mode, owner: service.owner, life: service.life)
  }

  private func row(_ code: String) async throws -> OfferingRow {
    if let id = made[code] { return try await context.offering(id) }
    guard let row = recorded.offerings[code] else { throw context.beaten }
    return row
  }

  private func relate(_ code: String, _ needs: [String]) async throws {
    guard let service = services[code] else { throw context.beaten }
    let before = try await context.transaction.query(Dependencies(service: service, customers: nil))
    let (was, wanted) = (Set(before.map(\.needsCode)), Set(needs))
    // One round trip for all of them, with the count.
    for gone in before where !wanted.contains(gone.needsCode) {
      context.transaction.enqueue(DeleteDependency(service: service, needs: gone.needs))
    }
    for code in needs where !was.contains(code) {
      guard let needed = services[code] else { throw context.beaten }
      context.transaction.enqueue(InsertDependency(service: service, needs: needed, now: context.now))
    }
    guard let version = try await context.transaction.first(CountServiceChange(id: service)) else { throw context.beaten }
    context.note("service", service, version, "related", .object(["needs": .array(needs.map { .text($0) })]))
  }
}

import Kernel
import Operations
import Postgres
import Tenancy

/// A gate: what it stands before, for what, what it asks for, why, and who answers for that.
package struct Gate: Sendable {
  package enum Kind: String, Sendable, CaseIterable { case field, checklist, evidence, approval }

  package let id: Int64
  package let publicId: [UInt8]
  package let step: GateStep
  /// Nil: of every priority.
  package let priority: Int64?
  /// Nil: of all customers.
  package let customer: PublicId?
  /// The same, by its row.
  package let customerRow: TenantId?
  package let kind: Kind
  /// Fields or evidence.
  package let facts: [GateFact]
  /// Keys of custom attributes.
  package let attributes: [String]
  /// The items of a checklist: what is named when it is done, and what is shown for it.
  package let items: [(key: String, name: LocalText)]
  /// Of an approval, who is asked.
  package let approval: GateApprovalRule?
  package let name: LocalText
  package let purpose: LocalText
  package let owner: [UInt8]
  /// Nil where the provider's tenant is not bound.
  package let ownerName: String?
  package let validFrom: Instant
  package let retiredAt: Instant?
  package let retirement: String?
  package let version: Int64
}

extension Gate {
  /// `g` is the gate, $1 the provider's tenant.
  static let columns = """
    g.id, g.public_id, g.step, g.priority, e.handle, e.public_id, g.only_tenant_id, g.kind, g.needs, g.name, g.purpose, g.owner_public_id, a.name,
    g.valid_from, g.retired_at, g.retirement, g.version
    """
  static let joins = "left join tenancy.tenant e on e.id = g.only_tenant_id left join tenancy.account a on a.tenant_id = $1 and a.id = g.owner_id"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    step = GateStep(rawValue: try row.next()) ?? .close
    priority = try row.next()
    customer = try PublicId.customer(&row)
    customerRow = try row.next()
    kind = Kind(rawValue: try row.next()) ?? .field
    let stored: Value = try row.next()
    let needs = stored.array ?? []
    approval = kind == .approval ? GateApprovalRule(stored) : nil
    facts = needs.compactMap { $0.text.flatMap(GateFact.init) }
    attributes = needs.compactMap { $0.text.flatMap(GateNeeds.attribute) }
    items = needs.compactMap { item in item["value"]?.text.map { (key: $0, name: LocalText(item["name"])) } }
    name = LocalText(try row.next() as Value)
    purpose = LocalText(try row.next() as Value)
    owner = try row.next()
    ownerName = try row.next()
    validFrom = try row.next()
    retiredAt = try row.next()
    retirement = try row.next()
    version = try row.next()
  }
}

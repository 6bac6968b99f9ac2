import Kernel
import Operations

/// A CI that a ticket names, or named.
package struct TicketCiRecord: OperationOutput {
  let row: TicketCiRow
  let id: PublicId
  /// What the CMDB says of it now; nil where the caller may not know.
  let facts: NamedCi.Facts?
  /// Names of the staff and their reasons are the provider's own affair, and so is the state of what it shares.
  let isForStaff: Bool

  private var tellsState: Bool { isForStaff || !row.isShared }
  /// What was taken off gives nothing any more.
  private var gives: Bool { row.removedAt == nil }

  package static let fields: [OutputField<TicketCiRecord>] = [
    OutputField("id", .id, "The configuration item.", "配置项编号。") { .id($0.id) },
    OutputField("shared", .boolean, "Whether the provider shares it among customers.", "是否为服务商共享。") { .bool($0.row.isShared) },
    OutputField("name", .text, "What it is called.", "名称。") { .text($0.facts?.name) },
    OutputField("type", .text, "The code of its type.", "类型代码。") { .text($0.facts?.typeCode) },
    OutputField("state", .text, "Its state now.", "当前状态。") { .text($0.tellsState ? $0.facts?.state : nil) },
    OutputField("ciTier", .text, "How critical it is now.", "当前的配置项等级。") { .text($0.tellsState ? $0.facts?.tier : nil) },
    OutputField("primary", .boolean, "Whether it is the one that the ticket is about above all.", "是否为主要配置项。") { .bool($0.row.isPrimary) },
    OutputField("gaveTier", .boolean, "Whether the ticket has its CI tier from it.", "工单的配置项等级是否取自它。") { .bool($0.gives && $0.row.gaveTier) },
    OutputField("gaveService", .boolean, "Whether the ticket has its service from the contract line that covers it.", "工单的服务是否取自覆盖它的合同行。") {
      .bool($0.gives && $0.row.gaveService)
    },
    OutputField("addedAt", .instant, "When it was named.", "添加时间。") { .instant($0.row.recordedAt) },
    OutputField("addedBy", .text, "By whom; staff only.", "添加人员（仅服务商人员可见）。") { .text($0.isForStaff ? $0.row.actorName : nil) },
    OutputField("reason", .text, "Why; staff only.", "添加原因（仅服务商人员可见）。") { .text($0.isForStaff ? $0.row.reason : nil) },
    OutputField("removedAt", .instant, "When it was taken off; null while the ticket names it.", "移除时间；仍被涉及时为 null。") { .instant($0.row.removedAt) },
    OutputField("removedBy", .text, "By whom; staff only.", "移除人员（仅服务商人员可见）。") { .text($0.isForStaff ? $0.row.removerName : nil) },
    OutputField("removalReason", .text, "Why; staff only.", "移除原因（仅服务商人员可见）。") { .text($0.isForStaff ? $0.row.removalReason : nil) },
  ]
}

/// What a ticket's CI tier, or its service, comes from.
package struct FactBasis: OperationOutput {
  let value: String?
  /// `named` by a person, or a `ci`, or a `category`.
  let source: String?
  let ci: TicketCiRecord?
  let category: String?
  let english: String
  let chinese: String

  package static let fields: [OutputField<FactBasis>] = [
    OutputField("value", .text, "Its code.", "代码。") { .text($0.value) },
    OutputField(
      "source", .text, "named: by a person; ci: a configuration item of the ticket; category: its category; null: there is none.",
      "来源：named（人员指定）、ci（取自配置项）、category（取自分类）；null 表示没有。"
    ) {
      .text($0.source)
    },
    OutputField("ci", .id, "The configuration item, as far as the caller may see it.", "所依据的配置项（可见时）。") { .id($0.ci?.id) },
    OutputField("ciName", .text, "What that is called.", "该配置项的名称。") { .text($0.ci?.facts?.name) },
    OutputField("category", .text, "The category that says so: the ticket's own, or one above it.", "所依据的分类：工单的分类或其上级。") { .text($0.category) },
    OutputField("english", .text, "The same in English words.", "英文表述。") { .text($0.english) },
    OutputField("chinese", .text, "The same in Chinese words.", "中文表述。") { .text($0.chinese) },
  ]
}

extension FactBasis {
  /// A service that a category says.
  fileprivate init(service: String, of category: String) {
    func text(_ language: Language) -> String { TicketCiMessages.serviceOfCategory.text(language, ["value": service, "category": category]) }
    self.init(value: service, source: "category", ci: nil, category: category, english: text(.english), chinese: text(.chinese))
  }
}

/// The words for what a fact comes from.
private struct BasisWords {
  let named: Message
  let ofCi: Message
  let none: Message

  func basis(_ value: String?, _ isFromCi: Bool, _ ci: TicketCiRecord?) -> FactBasis {
    guard let value else {
      return FactBasis(value: nil, source: nil, ci: nil, category: nil, english: none.text(.english), chinese: none.text(.chinese))
    }
    let message = isFromCi ? ofCi : named
    func text(_ language: Language) -> String {
      message.text(language, ["value": value, "ci": ci?.facts?.name ?? TicketCiMessages.someCi.text(language)])
    }
    return FactBasis(value: value, source: isFromCi ? "ci" : "named", ci: ci, category: nil, english: text(.english), chinese: text(.chinese))
  }
}

extension OperationContext {
  /// Which CIs the caller may see here: none without `ci.read`.
  var visibleCis: RowScope {
    let access = principal.access("ci.read", honouring: IncidentFields.everyScope, at: now)
    return access.flatMap { $0.reaches(tenant.id) ? $0.rows : nil } ?? RowScope(everything: false, units: [], person: nil)
  }

  /// A CI of the bound tenant that a filter names.
  func ciToFilterBy(_ id: PublicId) async throws -> Int64 {
    guard let found = try await transaction.first(CiByBits(tenant: tenant.id, publicId: id, scope: visibleCis)) else { throw unknownReference("ci") }
    return found
  }

  /// A CI of any tenant that the caller reaches; of an operation of many tenants that reads.
  func ciOfAnyTenant(_ id: PublicId) async throws -> (row: Int64, isShared: Bool) {
    guard let access = principal.access("ci.read", honouring: [.listed, .all], at: now), let owner = try await tenancy.tenant(id.handle),
      access.reaches(owner.id)
    else { throw unknownReference("ci") }
    let statement = CiByBits(tenant: owner.id, publicId: id, scope: access.rows)
    guard let found = try await bound(to: [owner.id], { try await $0.first(statement) }) else { throw unknownReference("ci") }
    return (found, owner.id == provider.id)
  }

  /// The CIs of a ticket as the caller may know them. Only for operations that read.
  func told(_ rows: [TicketCiRow], openedAt: Instant) async throws -> [TicketCiRecord] {
    let known = try await facts(of: rows, on: openedAt.utcDay) { statement in
      try await bound(to: [provider.id]) { try await $0.query(statement) }
    }
    return rows.map { TicketCiRecord(row: $0, id: id(of: $0.key), facts: known[$0.key], isForStaff: principal.side == .staff) }
  }

  /// What the tier and the service of a ticket come from.
  func basis(of ticket: Ticket) async throws -> (tier: FactBasis, service: FactBasis) {
    let all = try await transaction.query(CisOfTicket(tenant: tenant.id, ticket: ticket.id))
    let giving = all.contains { $0.gaveTier || $0.gaveService }
    let visible: [TicketCiRow] =
      if giving {
        try await transaction.query(
          PageOfTicketCis(
            tenant: tenant.id, ticket: ticket.id, withRemoved: false, scope: visibleCis, after: 0, limit: Int64(TicketCis.most)))
      } else { [] }
    let records = try await told(visible.filter { $0.gaveTier || $0.gaveService }, openedAt: ticket.openedAt)
    let tier = BasisWords(named: TicketCiMessages.tierNamed, ofCi: TicketCiMessages.tierOfCi, none: TicketCiMessages.noTier)
    let service = BasisWords(named: TicketCiMessages.serviceNamed, ofCi: TicketCiMessages.serviceOfCi, none: TicketCiMessages.noService)
    let ofTier = tier.basis(ticket.ciTier, all.contains(where: \.gaveTier), records.first(where: \.row.gaveTier))
    if let code = ticket.service?.code, let category = ticket.serviceCategory { return (ofTier, FactBasis(service: code, of: category)) }
    return (ofTier, service.basis(ticket.service?.code, all.contains(where: \.gaveService), records.first(where: \.row.gaveService)))
  }
}

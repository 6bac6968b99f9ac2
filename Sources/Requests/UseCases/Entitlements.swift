import Catalog
import Kernel
import Operations

/// Who has access to what.
package struct EntitlementLine: OperationOutput {
  let row: EntitlementRow
  let context: EntitlementContext

  init(_ row: EntitlementRow, in context: OperationContext) {
    self.row = row
    self.context = EntitlementContext(context)
  }

  package static let fields: [OutputField<EntitlementLine>] = [
    OutputField("id", .id, "The entitlement.", "权限编号。") { $0.context.id(.entitlement, $0.row.publicId) },
    OutputField("person", .id, "Who has it.", "持有人员。") { $0.context.id(.person, $0.row.person) },
    OutputField("personName", .text, "The name of that person.", "持有人员姓名。") { .text($0.row.personName) },
    OutputField("resource", .text, "To what.", "访问对象。") { .text($0.row.resource) },
    OutputField("level", .text, "In which role, or at which level.", "角色或级别。") { .text($0.row.level) },
    OutputField("since", .instant, "Since when.", "生效时间。") { .instant($0.row.since) },
    OutputField("until", .date, "The last day of it; null: until it is taken.", "截止日期（含当日）；不限则为 null。") { .date($0.row.until) },
    OutputField("held", .boolean, "Whether it is had today.", "当前是否有效。") { .bool($0.isHeld) },
    OutputField("request", .id, "The request that gave it.", "授予该权限的请求。") { $0.context.id(.request, $0.row.request) },
    OutputField("requestNumber", .text, "Its number for people.", "请求号。") { .text(RequestLine.number(of: $0.context.code, $0.row.requestNumber)) },
    OutputField("endedAt", .instant, "When it was taken, or changed.", "收回或变更的时间。") { .instant($0.row.endedAt) },
    OutputField("endedByRequest", .id, "By which request.", "收回或变更所依据的请求。") { $0.context.id(.request, $0.row.endedByRequest) },
    OutputField("endedByReview", .id, "By which review.", "收回所依据的复核。") { $0.context.id(.accessReview, $0.row.endedByReview) },
    OutputField(
      "untaken", .boolean, "Whether a review revoked it, or an order that was agreed to is to take it, and nobody has taken it away yet.",
      "复核已收回或已批准的收回请求待执行，但尚未实际收回。"
    ) { .bool($0.row.isUntaken) },
    OutputField("lapsed", .boolean, "Whether its last day is over, and nobody has taken it away.", "是否已过截止日期而尚未收回。") { .bool($0.isLapsed) },
    OutputField("takenAt", .instant, "When what a review revoked was taken away, or given anew.", "复核收回的权限实际收回（或重新授予）的时间。") {
      .instant($0.row.takenAt)
    },
    OutputField("takenByRequest", .id, "By which request.", "实际收回所依据的请求。") { $0.context.id(.request, $0.row.takenByRequest) },
    OutputField("version", .integer, "It rises with every change.", "版本号，每次变更递增。") { .integer($0.row.version) },
  ]

  private var isHeld: Bool { row.endedAt == nil && !isLapsed }
  private var isLapsed: Bool { row.endedAt == nil && row.until.map { $0 < context.today } ?? false }
}

/// What an entitlement's output needs to know of where it is shown.
struct EntitlementContext: Sendable {
  let code: String
  let today: CalendarDate
  private let own: @Sendable (IdKind, [UInt8]) -> PublicId

  init(_ context: OperationContext) {
    code = context.tenant.code
    today = context.tenant.day(at: context.now)
    let tenant = context.tenant
    own = { tenant.id($0.prefix, $1) }
  }

  func id(_ kind: IdKind, _ bits: [UInt8]?) -> Value { .id(bits.map { own(kind, $0) }) }
}

package enum ListEntitlements: Operation {
  package struct Input: OperationInput {
    let person: PublicId?
    let resource: String?
    let all: Bool
    let untaken: Bool
    let lapsed: Bool
    let limit: Int64?
    let cursor: String?

    private static let person = Field.id("person", .person, "Only what this person has.", "仅限此人员的权限。").optional
    private static let resource = Field.text("resource", 1...500, "Only access to this.", "仅限此访问对象。").optional
    private static let all = Field.boolean("all", "Also what is not had any more (default: no).", "是否包括已失效的权限（默认否）。").optional

    private static let untaken = Field.boolean(
      "untaken", "Only what a review revoked, or an order is to take, and nobody has taken away yet (default: no).",
      "仅限复核已收回或待执行收回、但尚未实际收回的权限（默认否）。"
    ).optional

    private static let lapsed = Field.boolean(
      "lapsed", "Only what was given until a day that is over, and nobody has taken away (default: no).", "仅限已过截止日期而尚未收回的权限（默认否）。"
    ).optional

    package static let fields: [any InputField] = [CustomerReference.field, person, resource, all, untaken, lapsed, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      person = try values[Self.person]
      resource = try values[Self.resource]
      all = try values[Self.all] ?? false
      untaken = try values[Self.untaken] ?? false
      lapsed = try values[Self.lapsed] ?? false
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "entitlement.list", "List who has access to what, in the order in which it was given.", zh: "按授予顺序列出访问权限。", permission: "entitlement.read",
    roles: RequestRights.orderers, scopes: RequestRights.everyScope, reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<EntitlementLine> {
    let filter = "\(input.person?.description ?? "")/\(input.resource ?? "")/\(input.all)/\(input.untaken)/\(input.lapsed)"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    if let person = input.person {
      let known = try await context.transaction.query(PersonsOfRequest(tenant: context.tenant.id, publicIds: [person], own: nil)).first
      guard let known, context.access.rows.covers(unit: known.unit, person: known.id) else { throw context.unknownReference("person") }
    }
    let today = context.tenant.day(at: context.now)
    let rows = try await context.transaction.query(
      EntitlementsOfTenant(
        tenant: context.tenant.id, scope: context.access.rows, person: input.person?.random, resource: input.resource,
        heldOn: input.all || input.untaken || input.lapsed ? nil : today, untakenOnly: input.untaken, lapsedBefore: input.lapsed ? today : nil,
        after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.id)])
    } element: {
      EntitlementLine($0, in: context)
    }
  }
}

import Desk
import Kernel
import Operations
import Tenancy

package enum ListCalendar: Operation {
  package struct Input: OperationInput {
    let from: Instant
    let to: Instant
    let customer: PublicId?
    let limit: Int64?
    let cursor: String?

    private static let from = Field.instant("from", "When the period begins.", "期间开始时间。")
    private static let to = Field.instant("to", "When it ends, at most 400 days later.", "期间结束时间，最长 400 天。")
    private static let customer = Field.id("customer", .customer, "Only those that concern this customer.", "仅限涉及此客户的变更。").optional
    package static let fields: [any InputField] = [from, to, customer, Paging.limit, Paging.cursor]

    private static let mostDays: Int64 = 400

    package init(_ values: InputValues) throws(FieldError) {
      from = try values[Self.from]
      to = try values[Self.to]
      customer = try values[Self.customer]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
      guard from < to else { throw FieldError("to", ChangeMessages.windowOrder) }
      guard to <= from.adding(seconds: Self.mostDays * 86_400) else { throw FieldError("to", ChangeMessages.windowTooLong, ["days": String(Self.mostDays)]) }
    }
  }

  package static let declaration = Declaration(
    "change.calendar", "List the changes whose window lies in a period, in the order in which the windows begin.", zh: "变更日历：按窗口开始时间列出期间内的变更。",
    permission: ChangeRights.read, roles: ChangeRights.readers, reach: .homeOr(by: "customer", andProvider: true), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ChangeLine> {
    let filter = "\(input.from)/\(input.to)/\(input.customer?.description ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      ChangesOfPeriod(
        provider: context.provider.id, customers: context.reachableCustomers, from: input.from, to: input.to,
        customer: input.customer == nil ? nil : context.tenant.id, after: try after.map { (startsAt: try $0.instant(0), id: try $0.integer(1)) },
        limit: limit + 1, now: context.now))
    return context.listing(
      rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.process.startsAt?.microseconds ?? 0), .integer($0.id)]) }
    ) { ChangeLine($0, in: context) }
  }
}

/// Another change at the same time, on the same CIs or on what they need or what needs them.
package struct Clash: OperationOutput {
  let line: ChangeLine
  let cis: [TouchedCi]

  package static let fields: [OutputField<Clash>] =
    ChangeLine.facts { $0.line } + [
      OutputField(
        "cis", listOf: TouchedCi.self, "What both touch: configuration items of the other change that are among, or related to, those of this one.",
        "冲突的配置项：另一变更所涉、且与本变更的配置项相同或相关者。"
      ) { $0.cis }
    ]
}

/// A page of clashes, and whether all was looked at that might clash.
package struct ClashPage: OperationOutput {
  let page: Listing<Clash>
  let isCut: Bool

  package static let fields: [OutputField<ClashPage>] = [
    OutputField("items", listOf: Clash.self, "The elements of this page.", "本页的元素。") { $0.page.items },
    OutputField("next", .text, "The cursor of the next page; null on the last.", "下一页的游标；最后一页为 null。") { .text($0.page.next) },
    OutputField(
      "isCut", .boolean,
      "Whether there was more to reach, in number or farther away, than was asked for: other changes may touch that.", "是否因数量或层数上限而截断：其他变更可能涉及未查看的配置项。"
    ) { .bool($0.isCut) },
  ]
}

package enum ListClashes: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let depth: Int64
    let limit: Int64?
    let cursor: String?

    private static let depth = Field.integer(
      "depth", 0...10, "How many relations away at the most, up and down (default 2); 0: the same configuration items only.", "上下最多经过多少层关系（默认 2）；0 表示仅相同配置项。"
    ).optional
    package static let fields: [any InputField] = [ChangeFields.id, depth, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ChangeFields.id]
      depth = try values[Self.depth] ?? ClashesOfChanges.depth
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "change.clashes", "List the other changes at the same time on the same configuration items, on what they need, or on what needs them.",
    zh: "列出时间重叠、且涉及相同或上下游配置项的其他变更。", permission: ChangeRights.read, roles: ChangeRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ClashPage {
    let filter = "\(input.id)/\(input.depth)"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let row = try await context.change(input.id)
    guard let from = row.process.startsAt, let to = row.process.endsAt else {
      return ClashPage(page: Listing(items: [], next: nil), isCut: false)
    }
    let (provider, customers) = (context.provider.id, context.reachableCustomers)
    let named = try await context.transaction.query(CiLinks(provider: provider, change: row.id, customers: customers))
    var tenants = Dictionary(named.map { ($0.ci, $0.tenant) }) { first, _ in first }
    var isCut = false
    if input.depth > 0 {
      // What stands in relations to a shared CI at the provider's is for those who serve all customers.
      for (tenant, cis) in named.byTenant where tenant != provider || customers == nil {
        for isUp in [true, false] {
          guard let impact = try await context.impact(of: cis, tenant, isUp: isUp, depth: input.depth) else { continue }
          for ci in impact.reached { tenants[ci.row] = tenant }
          isCut = isCut || impact.isCut
        }
      }
    }
    let clashing = ChangesClashing(
      provider: provider, customers: customers, change: row.id, cis: tenants.keys.sorted(), from: from, to: to,
      after: try after.map { (startsAt: try $0.instant(0), id: try $0.integer(1)) }, limit: limit + 1, now: context.now)
    let rows = try await context.bound(to: [provider]) { try await $0.query(clashing) }
    let touching = Set(rows.flatMap(\.cis)).sorted().compactMap { ci in tenants[ci].map { CiLinks.Found(ci: ci, tenant: $0) } }
    let known = Dictionary(try await context.touched(touching).map { ($0.facts.id, $0) }) { first, _ in first }
    let page = context.listing(
      rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.row.process.startsAt?.microseconds ?? 0), .integer($0.row.id)]) }
    ) { found in Clash(line: ChangeLine(found.row, in: context), cis: found.cis.compactMap { known[$0] }) }
    return ClashPage(page: page, isCut: isCut)
  }
}

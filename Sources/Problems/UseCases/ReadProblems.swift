import Attributes
import Desk
import Kernel
import Operations
import Tenancy

package enum ReadProblem: Operation {
  package typealias Input = ProblemReference

  package static let declaration = Declaration(
    "problem.read", "Read a problem, with what it is behind.", zh: "查看问题及其影响的事件与配置项。", permission: ProblemRights.read,
    roles: ProblemRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemDetail {
    let row = try await context.problem(input.id)
    let customers = context.reachableCustomers
    let (counts, requests, named) = try await context.transaction.query(
      LinkCount(provider: context.provider.id, problem: row.id, customers: customers),
      LinkedRequestCount(provider: context.provider.id, problem: row.id, customers: customers),
      CiLinks(provider: context.provider.id, problem: row.id, customers: customers))
    return ProblemDetail(
      line: ProblemLine(row, in: context), incidents: counts.first ?? 0, requests: requests.first ?? 0, cis: try await context.told(named))
  }
}

package enum ListProblems: Operation {
  package struct Input: OperationInput {
    let customer: PublicId?
    let state: String?
    let category: String?
    let owner: PublicId?
    let unowned: Bool
    let offered: Bool
    let team: PublicId?
    let ci: PublicId?
    let withoutArticle: Bool
    let priority: Int64?
    let attribute: String?
    let limit: Int64?
    let cursor: String?

    private static let customer = Field.id("customer", .customer, "Only those about this customer.", "仅限此客户的问题。").optional
    private static let state = Field.oneOf(
      "state", ["open"] + ProblemState.allCases.map(\.rawValue), "Only those in this state; open: new, investigating or known_error.",
      "仅限此状态；open 表示 new、investigating 或 known_error。"
    ).optional
    private static let category = Field.text("category", 1...100, "Only this category.", "仅限此分类。").optional
    private static let owner = Field.id("owner", .staff, "Only those for which he answers.", "仅限此人负责的问题。").optional
    private static let unowned = Field.boolean("unowned", "Only those for which nobody answers.", "仅限尚无负责人的问题。").optional
    private static let ci = Field.id(
      "ci", .ticketCi, "Only those about this configuration item: of the customer, or, without one, a shared one.",
      "仅限涉及此配置项的问题：该客户的；未指定客户时为服务商共享的。"
    ).optional
    private static let withoutArticle = Field.boolean(
      "withoutArticle", "Only those that no published article tells: none is begun, or it is not published yet, or not any more.",
      "仅限没有已发布文章的问题：尚未起草、尚未发布或已停用。"
    ).optional
    private static let priority = Field.integer("priority", Rating.numbers, "Only this priority.", "仅限此优先级。").optional

    package static let fields: [any InputField] = [
      customer, state, category, owner, unowned, OfferFields.offered, WorkingTeamFields.only, ci, withoutArticle, priority,
      AttributeFields.filter, Paging.limit, Paging.cursor,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[Self.customer]
      state = try values[Self.state]
      category = try values[Self.category]
      owner = try values[Self.owner]
      unowned = try values[Self.unowned] ?? false
      offered = try values[OfferFields.offered] ?? false
      team = try values[WorkingTeamFields.only]
      ci = try values[Self.ci]
      withoutArticle = try values[Self.withoutArticle] ?? false
      priority = try values[Self.priority]
      attribute = try values[AttributeFields.filter]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    /// What a cursor is good for.
    var filterText: String {
      let ids = [customer, owner, team, ci].map { $0?.description ?? "" }.joined(separator: "/")
      return "\(ids)/\(state ?? "")/\(category ?? "")/\(unowned)/\(offered)/\(withoutArticle)/\(priority ?? 0)/\(attribute ?? "")"
    }

    fileprivate var states: [ProblemState]? {
      state.map { state in ProblemState(rawValue: state).map { [$0] } ?? ProblemState.allCases.filter(\.isOpen) }
    }
  }

  package static let declaration = Declaration(
    "problem.list", "List the problems that the caller may see, the newest first.", zh: "列出有权查看的问题，最新的在前。", permission: ProblemRights.read,
    roles: ProblemRights.readers, reach: .homeOr(by: "customer", andProvider: true), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ProblemLine> {
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filterText)
    var filter = ProblemsOfProvider.Filter(
      states: input.states, customer: input.customer == nil ? nil : context.tenant.id, category: input.category, isUnowned: input.unowned,
      priority: input.priority, isOffered: input.offered, reader: context.actor.kind == .staff ? context.actor.id : nil)
    filter.isWithoutArticle = input.withoutArticle
    if input.offered { filter.offeredTeams = try await context.teamsToAnswerFor() }
    if let owner = input.owner {
      guard let found = try await context.transaction.first(StaffToFilterBy(provider: context.provider.id, publicId: owner)) else {
        throw context.unknownReference("owner")
      }
      filter.owner = found
    }
    if let team = input.team { filter.team = try await context.team(team, "team") }
    if let ci = input.ci { filter.ci = try await context.ci(ci, of: context.tenant, for: nil, "ci").id }
    filter.attribute = try await context.attributeFilter(input.attribute, of: .problem, customer: filter.customer)
    let rows = try await context.transaction.query(
      ProblemsOfProvider(
        provider: context.provider.id, customers: context.reachableCustomers, filter: filter,
        before: try after.map { (openedAt: try $0.instant(0), id: try $0.integer(1)) }, limit: limit + 1))
    return context.listing(
      rows, limit: limit, filter: input.filterText, key: { PageCursor([.integer($0.openedAt.microseconds), .integer($0.id)]) }
    ) { ProblemLine($0, in: context) }
  }
}

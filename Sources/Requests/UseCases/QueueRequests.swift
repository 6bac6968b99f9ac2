import Attributes
import Desk
import Kernel
import Operations
import Tenancy

/// A request in a look over all customers.
package struct QueuedRequest: OperationOutput {
  let customer: TenantEntry
  let line: RequestLine
  let dueMetric: String?
  let warnedPercent: Int64?

  package static let fields: [OutputField<QueuedRequest>] =
    [
      OutputField("customerCode", .text, "The customer's code.", "客户代码。") { .text($0.customer.code) },
      OutputField("customerName", .text, "The customer's name.", "客户名称。") { .text($0.customer.name) },
    ] + RequestLine.facts { $0.line } + [
      OutputField("dueMetric", .text, "What is due at `dueAt`: response, resolution (its fulfilment) or update.", "到期的承诺：response、resolution（履行完成）或 update。") {
        .text($0.dueMetric)
      },
      OutputField(
        "warnedPercent", .integer, "The highest share of a budget, in percent, whose passing was recorded, of what the customer was promised.",
        "对客户承诺中已记录预警的最高时限百分比。"
      ) { .integer($0.warnedPercent) },
    ]
}

/// What is ordered and not over, of all customers.
package enum QueueRequests: Operation {
  package struct Input: OperationInput {
    let customers: [PublicId]?
    let state: RequestState?
    let team: PublicId?
    let myTeams: Bool
    let owner: PublicId?
    let unowned: Bool
    let priority: Int64?
    let dueBefore: Instant?
    let overdue: Bool?
    let offered: Bool
    let attribute: String?
    let limit: Int64?
    let cursor: String?

    /// As `finder.open_requests` has them.
    private static let open: [RequestState] = [.submitted, .awaitingApproval, .approved, .fulfilling]
    private static let stateField = Field.oneOf("state", open.map(\.rawValue), "Only those in this state.", "仅限此状态。").optional
    private static let team = Field.id("team", .taskTeam, "Only those that this team has a task of that is to be done.", "仅限此团队有待办任务的请求。").optional
    private static let owner = Field.id("owner", .staff, "Only those that this member of the staff took.", "仅限由此人员认领的请求。").optional
    private static let unowned = Field.boolean("unowned", "Only those that nobody took.", "仅限无人认领的请求。").optional
    private static let priority = Field.integer("priority", Rating.numbers, "Only those of this priority.", "仅限此优先级的请求。").optional
    private static let dueBefore = Field.instant("dueBefore", "Only those that are due before this.", "仅限在此时间之前到期的请求。").optional
    private static let overdue = Field.boolean(
      "overdue", "true: only those whose next due time has passed; false: only the others, so that what is due next comes first.",
      "true：仅限已超期的请求；false：仅限未超期的请求，最先到期的在前。"
    ).optional
    package static let fields: [any InputField] = [
      ServedCustomers.field, stateField, team, TeamListFields.myTeams, owner, unowned, priority, dueBefore, overdue, OfferFields.offered,
      AttributeFields.filter, Paging.limit, Paging.cursor,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      customers = try values[ServedCustomers.field]
      state = try values[Self.stateField].flatMap(RequestState.init(rawValue:))
      team = try values[Self.team]
      myTeams = try values[TeamListFields.myTeams] ?? false
      owner = try values[Self.owner]
      unowned = try values[Self.unowned] ?? false
      priority = try values[Self.priority]
      dueBefore = try values[Self.dueBefore]
      overdue = try values[Self.overdue]
      offered = try values[OfferFields.offered] ?? false
      attribute = try values[AttributeFields.filter]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    /// What a cursor is good for.
    var filterText: String {
      let named = [team, owner].map { $0?.description ?? "-" }
      let told = [dueBefore?.description ?? "-", overdue.map { String($0) } ?? "-", attribute ?? "-", priority.map { String($0) } ?? "-"]
      return
        "\(state?.rawValue ?? "-") \(offered) \(unowned) \(myTeams) \((named + told).joined(separator: " ")) \((customers ?? []).map(\.description).joined(separator: ","))"
    }
  }

  package static let declaration = Declaration(
    "request.queue", "List the requests of all customers that the caller serves that are not over, the next due first.",
    zh: "列出所服务客户的全部未结请求，最先到期的在前。", roles: [.administrator, .accountManager, .engineer], reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<QueuedRequest> {
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filterText)
    let team: Int64? = if let named = input.team { try await context.team(named, "team") } else { nil }
    let owner = try await owner(input, context)
    let offeredTeams = try await input.offered ? context.teamsToAnswerFor() : []
    let wantedTeams = try await input.myTeams ? context.ownTeams() : nil
    let queue = RequestPositions(
      tenants: try await context.served(input.customers), state: input.state, team: team, owner: owner, isUnowned: input.unowned,
      dueFrom: input.overdue == false ? context.now : nil,
      dueBefore: [input.dueBefore, input.overdue == true ? context.now : nil].compactMap { $0 }.min(), isOffered: input.offered,
      reader: context.actor.kind == .staff ? context.actor.id : nil, offeredTeams: offeredTeams, wantedTeams: wantedTeams,
      priority: input.priority, after: try after.map(RequestPositions.Found.init), limit: limit + 1)
    let positions: [RequestPositions.Found]
    if let attribute = try await context.attributeFilter(input.attribute, of: .request) {
      positions = try await context.transaction.query(AttributeRequestPositions(requests: queue, attribute: attribute))
    } else {
      positions = try await context.transaction.query(queue)
    }
    let requests = try await requests(at: positions, context)
    // One that ended since the look shows what it is now.
    let rows = positions.compactMap { position in requests[position.id].map { (position: position, request: $0) } }
    return context.listing(rows, limit: limit, filter: input.filterText, key: { $0.position.cursor }, element: { $0.request })
  }

  private static func owner(_ input: Input, _ context: OperationContext) async throws -> Int64? {
    guard let named = input.owner else { return nil }
    let statement = StaffToFilterBy(provider: context.provider.id, publicId: named)
    guard let found = try await context.bound(to: [context.provider.id], { try await $0.first(statement) }) else {
      throw context.unknownReference("owner")
    }
    return found
  }

  /// The requests at positions of the finder's, read under row security with exactly their customers bound.
  private static func requests(at positions: [RequestPositions.Found], _ context: OperationContext) async throws -> [Int64: QueuedRequest] {
    guard !positions.isEmpty else { return [:] }
    let tenants = Set(positions.map(\.tenant)).sorted()
    let customers = try await context.entries(of: tenants)
    let rows = try await context.bound(to: tenants) { try await $0.last(RequestsAt(positions: positions)) }
    let byId = Dictionary(rows.map { ($0.request.id, $0) }) { first, _ in first }
    var requests: [Int64: QueuedRequest] = [:]
    for position in positions {
      guard let row = byId[position.id], let customer = customers[position.tenant] else { continue }
      requests[position.id] = QueuedRequest(
        customer: customer, line: RequestLine(row.request, of: customer, provider: context.provider), dueMetric: row.dueMetric,
        warnedPercent: row.warnedPercent)
    }
    return requests
  }
}

extension RequestPositions.Found {
  fileprivate var cursor: PageCursor {
    PageCursor([.integer(dueAt?.microseconds), .integer(submittedAt.microseconds), .integer(tenant.rawValue), .integer(id)])
  }

  fileprivate init(_ cursor: PageCursor) throws {
    dueAt = cursor.keys.first?.integer.map { Instant(microseconds: $0) }
    submittedAt = try cursor.instant(1)
    tenant = TenantId(try cursor.integer(2))
    id = try cursor.integer(3)
  }
}

import Attributes
import Catalog
import Desk
import Kernel
import Knowledge
import Operations

package enum SubmitRequest: Operation {
  package struct Input: OperationInput {
    let offering: PublicId
    let published: Int64
    let requester: PublicId?
    let unit: PublicId?
    let source: String?
    let answers: Value
    let impact: Int64?
    let urgency: Int64?
    let attributes: Value?

    private static let offering = Field.id("offering", .offering, "What is ordered.", "所申请的服务项。")
    private static let published = Field.integer(
      "published", 1...Int64.max, "The version of the offering that was read: when it is not the newest any more, the order is refused.",
      "所阅读的服务项版本号；若已不是最新版本，则拒绝申请。")
    private static let requester = Field.id(
      "requester", .person, "Whom it is for (default: the caller, if he is one of the customer's people).", "申请对象（默认：客户方的调用者本人）。")
    private static let answers = Field.document("answers", "The answers by the form's keys.", "按表单键值填写的答案。")

    private static let impact = Field.integer(
      "impact", Rating.numbers, "A number of code.list, 1 the gravest (default: what the offering says, else 2).",
      "影响：code.list 中的数字，1 为最高（默认取服务项的设定，否则为 2）。")
    private static let urgency = Field.integer(
      "urgency", Rating.numbers, "A number of code.list, 1 the most urgent (default: what the offering says, else 2).",
      "紧急度：code.list 中的数字，1 为最高（默认取服务项的设定，否则为 2）。")

    package static let fields: [any InputField] = [
      CustomerReference.field, offering, published, requester.optional, RequestReference.unit.optional, RequestReference.source.optional, answers.optional,
      impact.optional, urgency.optional, AttributeFields.attributes.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      offering = try values[Self.offering]
      published = try values[Self.published]
      requester = try values[Self.requester.optional]
      unit = try values[RequestReference.unit.optional]
      source = try values[RequestReference.source.optional]
      answers = try values[Self.answers.optional] ?? .object([])
      impact = try values[Self.impact.optional]
      urgency = try values[Self.urgency.optional]
      attributes = try values[AttributeFields.attributes.optional]
    }
  }

  package static let declaration = Declaration(
    "request.submit", "Order an offering that a contract in force covers.", zh: "申请生效合同所涵盖的服务项。", roles: RequestRights.orderers,
    scopes: RequestRights.everyScope, reach: .one(by: "customer"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RequestOutput {
    let tenant = context.tenant.id
    if input.source != nil, context.principal.side != .staff { throw Failure.invalid("source", DeskMessages.staffOnly) }
    let attributes = try context.told(input.attributes, of: .request)
    let row = try await context.offering(input.offering, path: "offering")
    guard row.isOrderable, row.isFor(tenant), let published = row.published, let version = row.versionId else {
      throw Failure.invalid("offering", RequestMessages.notOrderable)
    }
    let content = try OfferingContent.read(published)
    let reading = AnswerRule(form: content.form).read(input.answers)
    let own = context.principal.side == .customer && input.requester == nil ? context.principal.person : nil
    let people = try await context.transaction.query(
      PersonsOfRequest(tenant: tenant, publicIds: Array(Set(reading.persons.values).union(input.requester.map { [$0] } ?? [])), own: own))
    // Access is ordered for whom it is for: so scope, coverage and the rule on one's own requests look at that person.
    let named = content.access?.personAnswer.flatMap { reading.persons[$0] }
    let requester = people.first { person in (input.requester ?? named).map { $0.random == person.publicId } ?? (person.id == own) }
    guard input.requester == nil || requester != nil else { throw context.unknownReference("requester") }
    let place: Int64? = if let unit = input.unit { try await context.unit(unit, "unit") } else { nil }
    guard context.access.rows.covers(unit: requester?.unit, person: requester?.id) else { throw Failure.invalid("requester", RequestMessages.outsideScope) }
    guard place == nil || context.access.rows.covers(unit: place, person: requester?.id) else { throw Failure.invalid("unit", RequestMessages.outsideScope) }
    // From whoever has left access is taken away, and nothing else is ordered for him.
    let isRemoval = content.access?.action == .revoke
    if requester?.hasLeft == true, !isRemoval, input.requester != nil || named == nil { throw Failure.invalid("requester", AccountMessages.personLeft) }
    let sales = try await context.transaction.query(SalesInForce(tenant: tenant, at: context.now))
    var units: [Int64] = []
    if let unit = requester?.unit { units = try await context.transaction.query(UnitsAbove(tenant: tenant, unit: unit)) }
    guard let line = CoverageRule.line(of: row.id, service: row.service, among: sales, person: requester?.id, units: units) else {
      throw Failure.invalid("offering", RequestMessages.notCovered, ["code": row.code])
    }
    // Its description, price and approval are part of the order.
    guard row.seq == input.published else {
      throw Failure(.conflict, RequestMessages.publishedMeanwhile, ["code": row.code, "read": String(input.published), "newest": String(row.seq ?? 0)])
    }
    try require(reading, people, leaverAt: isRemoval ? content.access?.personAnswer : nil)
    if let key = content.access?.personAnswer, let named, requester?.publicId != named.random {
      throw Failure.invalid("answers.\(key)", RequestMessages.accessIsForRequester)
    }
    // What cannot be recorded when it is fulfilled is not ordered.
    if let access = content.access {
      let order = try AccessOrder(access, answers: reading.answers, requester: requester?.id)
      if !isRemoval, let key = access.untilAnswer, let until = order.until, until < context.tenant.day(at: context.now) {
        throw Failure.invalid("answers.\(key)", RequestMessages.accessIsOver)
      }
    }
    let edit = try await attributes?.applied(to: HeldAttributes(), of: tenant, category: nil)
    let rating = try await rating(input, content, context)
    let source = try await source(input, context)
    guard let number = try await context.transaction.first(NextNumber("request", of: tenant)) else { throw context.beaten }
    let id = context.newId(.request)
    let value = content.value(of: reading.answers)
    let inserted = try await context.transaction.first(
      InsertRequest(
        tenant: tenant, publicId: id, number: number, offering: row.id, offeringVersion: version, line: line, answers: .object(reading.answers),
        requester: requester?.id, unit: requester?.unit, place: place, source: source, value: value, mayApproveOwn: content.approval.ownRequests,
        rating: rating, actor: context.actor, actorPerson: context.principal.person, now: context.now))
    guard let request = inserted else { throw context.beaten }
    context.record(
      Event(
        subjectKind: "request", subject: request, seq: 1, type: "request.submitted",
        payload: .object(["request": .id(id), "offering": .id(input.offering), "published": .integer(row.seq), "priority": .integer(rating.priority)]),
        occurredAt: context.now),
      for: RequestNews.consumers(of: RequestNews.submitted.rawValue))
    var work = try await context.requestWork(request)
    context.transaction.enqueueWords(of: work.held.searched(in: tenant), work.held.words)
    try await work.promise()
    try work.begin(content, value: value, persons: people.named(by: reading.persons))
    work.tell(edit)
    // What nobody has to agree to can be worked on at once; for a customer's people, who read no tasks, the sweep opens them.
    if work.process.request.state == .approved, context.principal.side == .staff { try await work.open() }
    try await work.save(countsVersion: false)
    return try await context.requestOutput(id)
  }

  private static func source(_ input: Input, _ context: OperationContext) async throws -> String? {
    guard let told = input.source else { return try await context.sourceInUse() }
    try await context.requireCode(told, of: .source, at: "source")
    return told
  }

  /// What the order says goes before what the offering does. What that says stays right, whatever became of the level since it was written.
  private static func rating(_ input: Input, _ content: OfferingContent, _ context: OperationContext) async throws -> RequestRating {
    try await context.requireRatings([(input.impact, input.urgency, "")])
    let impact = input.impact ?? content.impact ?? RequestRating.usual.impact
    let urgency = input.urgency ?? content.urgency ?? RequestRating.usual.urgency
    let priority = try await context.priority(of: context.tenant.id, impact: impact, urgency: urgency)
    return RequestRating(impact: impact, urgency: urgency, priority: priority)
  }

  /// All that is wrong with the answers, persons that nobody knows or who have left included.
  /// - Parameter leaverKey: the key of the one answer that may name somebody who has left.
  private static func require(_ reading: AnswerRule.Reading, _ people: [PersonsOfRequest.Found], leaverAt leaverKey: String?) throws(Failure) {
    let known = Dictionary(people.map { ($0.publicId, $0.hasLeft) }) { first, _ in first }
    var violations = reading.violations
    for (key, person) in reading.persons.sorted(by: { $0.key < $1.key }) {
      guard let hasLeft = known[person.random] else {
        violations.append(Failure.Violation(path: "answers.\(key)", CatalogMessages.unknownPerson))
        continue
      }
      if hasLeft, key != leaverKey { violations.append(Failure.Violation(path: "answers.\(key)", AccountMessages.personLeft)) }
    }
    guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
  }
}

package enum ReadRequest: Operation {
  package typealias Input = RequestReference

  package static let declaration = Declaration(
    "request.read", "Read a request with all that the version of the offering says that it was written by.", zh: "查看请求及其所依据的服务项版本的全部内容。",
    roles: RequestRights.orderers,
    scopes: RequestRights.everyScope, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RequestOutput { try await context.requestOutput(input.id) }
}

package enum ListRequests: Operation {
  package struct Input: OperationInput {
    let state: String?
    let requester: PublicId?
    let attribute: String?
    let limit: Int64?
    let cursor: String?

    private static let state = Field.oneOf(
      "state", RequestState.allCases.map(\.rawValue), "Only those in this state.",
      "仅限此状态：submitted 已提交、awaiting_approval 待审批、approved 已批准、fulfilling 履行中、rejected 已拒绝、fulfilled 已履行、closed 已关闭、withdrawn 已撤回、cancelled 已取消。"
    ).optional

    private static let requester = Field.id("requester", .person, "Only those that are for this person.", "仅限为此人员提交的请求。").optional

    package static let fields: [any InputField] = [CustomerReference.field, state, requester, AttributeFields.filter, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      state = try values[Self.state]
      requester = try values[Self.requester]
      attribute = try values[AttributeFields.filter]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "request.list", "List a customer's requests, the newest first.", zh: "列出客户的请求，最新的在前。", permission: "request.read",
    roles: RequestRights.orderers, scopes: RequestRights.everyScope, reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<RequestLine> {
    let filter = "\(input.state ?? "")/\(input.requester?.description ?? "")/\(input.attribute ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let (tenant, scope, state) = (context.tenant.id, context.access.rows, input.state.flatMap(RequestState.init))
    let before = try after?.integer(0) ?? .max
    let attribute = try await context.attributeFilter(input.attribute, of: .request, customer: tenant)
    let rows =
      if let requester = input.requester {
        try await context.transaction.query(
          RequestsOfRequester(
            tenant: tenant, requester: try await context.personInSight(requester), state: state, before: before, limit: limit + 1, attribute: attribute))
      } else if scope.everything {
        try await context.transaction.query(RequestsOfTenant(tenant: tenant, state: state, before: before, limit: limit + 1, attribute: attribute))
      } else {
        try await context.transaction.query(RequestsOfScope(tenant: tenant, scope: scope, state: state, before: before, limit: limit + 1, attribute: attribute))
      }
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.number)])
    } element: {
      RequestLine($0, in: context)
    }
  }
}

extension OperationContext {
  /// A person by whom a list is narrowed. Whom the caller does not see is like one who is not there.
  fileprivate func personInSight(_ id: PublicId) async throws -> Int64 {
    let known = try await transaction.query(PersonsOfRequest(tenant: tenant.id, publicIds: [id], own: nil)).first
    guard let known, access.rows.covers(unit: known.unit, person: known.id) else { throw unknownReference("requester") }
    return known.id
  }
}

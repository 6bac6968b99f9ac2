import Kernel
import Operations

/// A request, with all that was ordered.
package struct RequestOutput: OperationOutput {
  let line: RequestLine
  let content: Value

  init(_ row: RequestRow, in context: OperationContext) throws {
    line = RequestLine(row, in: context)
    content = try OfferingContent.read(row.content).stored
  }

  package static let fields: [OutputField<RequestOutput>] =
    RequestLine.facts { $0.line } + [
      OutputField(
        "content", .document, "All that this version of the offering says: its description, service levels, prices, form and approval.",
        "该版本服务项的全部内容：说明、服务级别、价格、表单与审批规则。"
      ) { $0.content }
    ]
}

/// A request in a listing.
package struct RequestLine: OperationOutput {
  let id: PublicId
  let number: String
  let offering: PublicId
  let line: PublicId
  let requester: PublicId?
  let form: Value
  let row: RequestRow

  init(_ row: RequestRow, in context: OperationContext) {
    id = context.id(.request, row.publicId)
    number = "\(context.tenant.code)-REQ-\(pad(row.number, 6))"
    offering = context.id(.offering, row.offering)
    line = context.id(.orderedLine, row.line)
    requester = row.requester.map { context.id(.person, $0) }
    form = row.content["form"] ?? .array([])
    self.row = row
  }

  package static let fields: [OutputField<RequestLine>] = facts { $0 }

  static func facts<Record>(_ of: @escaping @Sendable (Record) -> RequestLine) -> [OutputField<Record>] {
    [
      OutputField("id", .id, "The request.", "请求编号。") { .id(of($0).id) },
      OutputField("number", .text, "Its number for people.", "请求号。") { .text(of($0).number) },
      OutputField("offering", .id, "What was ordered.", "所申请的服务项。") { .id(of($0).offering) },
      OutputField("offeringCode", .text, "The offering's code.", "服务项代码。") { .text(of($0).row.offeringCode) },
      OutputField("offeringName", .document, "What it was called in that version, by language.", "该版本的名称（按语言）。") { of($0).row.content["name"] ?? .null },
      OutputField("published", .integer, "The version of the offering, with its form, that it was written by.", "所依据的服务项版本（含表单）。") {
        .integer(of($0).row.seq)
      },
      OutputField("form", .list(.document), "The form of that version.", "该版本的表单。") { of($0).form },
      OutputField("answers", .document, "The answers by the form's keys.", "按表单键值的答案。") { of($0).row.answers },
      OutputField("contractLine", .id, "The contract line that covers it.", "所依据的合同行。") { .id(of($0).line) },
      OutputField("requester", .id, "Whom it is for; null: nobody in particular.", "申请对象；未指定则为 null。") { .id(of($0).requester) },
      OutputField("state", .text, "submitted or withdrawn.", "状态：submitted（已提交）或 withdrawn（已撤回）。") { .text(of($0).row.state.rawValue) },
      OutputField("submittedAt", .instant, "When it was submitted.", "提交时间。") { .instant(of($0).row.submittedAt) },
      OutputField("withdrawnAt", .instant, "When it was withdrawn; null: it was not.", "撤回时间；未撤回则为 null。") { .instant(of($0).row.withdrawnAt) },
      OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer(of($0).row.version) },
    ]
  }
}

package struct RequestReference: OperationInput {
  let id: PublicId

  static let id = Field.id("id", .request, "The request.", "请求编号。")

  package static let fields: [any InputField] = [id]

  package init(_ values: InputValues) throws(FieldError) { id = try values[Self.id] }
}

package enum SubmitRequest: Operation {
  package struct Input: OperationInput {
    let offering: PublicId
    let published: Int64
    let requester: PublicId?
    let answers: Value

    private static let offering = Field.id("offering", .offering, "What is ordered.", "所申请的服务项。")
    private static let published = Field.integer(
      "published", 1...Int64.max, "The version of the offering that was read: when it is not the newest any more, the order is refused.",
      "所阅读的服务项版本号；若已不是最新版本，则拒绝申请。")
    private static let requester = Field.id(
      "requester", .person, "Whom it is for (default: the caller, if he is one of the customer's people).", "申请对象（默认：客户方的调用者本人）。")
    private static let answers = Field.document("answers", "The answers by the form's keys.", "按表单键值填写的答案。")

    package static let fields: [any InputField] = [CustomerReference.field, offering, published, requester.optional, answers.optional]

    package init(_ values: InputValues) throws(FieldError) {
      offering = try values[Self.offering]
      published = try values[Self.published]
      requester = try values[Self.requester.optional]
      answers = try values[Self.answers.optional] ?? .object([])
    }
  }

  package static let declaration = Declaration(
    "request.submit", "Order an offering that a contract in force covers.", zh: "申请生效合同所涵盖的服务项。", roles: CatalogRights.orderers,
    scopes: CatalogRights.everyScope, reach: .one(by: "customer"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RequestOutput {
    let tenant = context.tenant.id
    let row = try await context.offering(input.offering, path: "offering")
    guard row.isOrderable, row.isFor(tenant), let published = row.published, let version = row.versionId else {
      throw Failure.invalid("offering", CatalogMessages.notOrderable)
    }
    let reading = AnswerRule(form: try OfferingContent.read(published).form).read(input.answers)
    let own = context.principal.side == .customer && input.requester == nil ? context.principal.person : nil
    let people = try await context.transaction.query(
      PersonsOfRequest(tenant: tenant, publicIds: Array(Set(reading.persons.values).union(input.requester.map { [$0] } ?? [])), own: own))
    let requester = people.first { person in input.requester.map { $0.random == person.publicId } ?? (person.id == own) }
    guard input.requester == nil || requester != nil else { throw context.unknownReference("requester") }
    guard context.access.rows.covers(unit: requester?.unit, person: requester?.id) else { throw Failure.invalid("requester", CatalogMessages.outsideScope) }
    let sales = try await context.transaction.query(SalesInForce(tenant: tenant, at: context.now))
    let units = try await requester?.unit.asyncMap { try await context.transaction.query(UnitsAbove(tenant: tenant, unit: $0)) } ?? []
    guard let line = CoverageRule.line(of: row.id, service: row.service, among: sales, person: requester?.id, units: units) else {
      throw Failure.invalid("offering", CatalogMessages.notCovered, ["code": row.code])
    }
    // Its description, price and approval are part of the order.
    guard row.seq == input.published else {
      throw Failure(.conflict, CatalogMessages.publishedMeanwhile, ["code": row.code, "read": String(input.published), "newest": String(row.seq ?? 0)])
    }
    try require(reading, people)
    guard let number = try await context.transaction.first(NextRequestNumber(tenant: tenant)) else { throw context.beaten }
    let id = context.newId(.request)
    let inserted = try await context.transaction.first(
      InsertRequest(
        tenant: tenant, publicId: id, number: number, offering: row.id, offeringVersion: version, line: line, answers: .object(reading.answers),
        requester: requester?.id, actor: context.actor, now: context.now))
    guard let request = inserted else { throw context.beaten }
    context.note("request", request, 1, "submitted", .object(["request": .id(id), "offering": .id(input.offering), "published": .integer(row.seq)]))
    return try await context.requestOutput(id)
  }

  /// All that is wrong with the answers, persons that nobody knows included.
  private static func require(_ reading: AnswerRule.Reading, _ people: [PersonsOfRequest.Found]) throws(Failure) {
    let known = Set(people.map(\.publicId))
    let strangers = reading.persons.filter { !known.contains($0.value.random) }.keys.sorted()
    let violations =
      reading.violations + strangers.map { Failure.Violation(path: "answers.\($0)", CatalogMessages.unknownPerson) }
    guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
  }
}

package enum ReadRequest: Operation {
  package typealias Input = RequestReference

  package static let declaration = Declaration(
    "request.read", "Read a request with all that the version of the offering says that it was written by.", zh: "查看请求及其所依据的服务项版本的全部内容。",
    roles: CatalogRights.orderers,
    scopes: CatalogRights.everyScope, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RequestOutput { try await context.requestOutput(input.id) }
}

package enum ListRequests: Operation {
  package struct Input: OperationInput {
    let state: String?
    let limit: Int64?
    let cursor: String?

    private static let state = Field.oneOf(
      "state", ["submitted", "withdrawn"], "Only those in this state.", "仅限此状态：submitted 已提交、withdrawn 已撤回。"
    ).optional

    package static let fields: [any InputField] = [CustomerReference.field, state, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      state = try values[Self.state]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "request.list", "List a customer's requests, the newest first.", zh: "列出客户的请求，最新的在前。", permission: "request.read",
    roles: CatalogRights.orderers, scopes: CatalogRights.everyScope, reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<RequestLine> {
    let filter = input.state ?? ""
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let (tenant, scope, state) = (context.tenant.id, context.access.rows, input.state.flatMap(RequestState.init))
    let before = try after?.integer(0) ?? .max
    let rows =
      try await scope.everything
      ? context.transaction.query(RequestsOfTenant(tenant: tenant, state: state, before: before, limit: limit + 1))
      : context.transaction.query(RequestsOfScope(tenant: tenant, scope: scope, state: state, before: before, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.number)])
    } element: {
      RequestLine($0, in: context)
    }
  }
}

package enum WithdrawRequest: Operation {
  package typealias Input = RequestReference

  package static let declaration = Declaration(
    "request.withdraw", "Take a request back.", zh: "撤回请求。", permission: "request.submit", roles: CatalogRights.orderers,
    scopes: CatalogRights.everyScope, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RequestOutput {
    let row = try await context.request(input.id)
    try context.requireVersion(row.version)
    guard row.state.mayGo(to: .withdrawn) else { throw Failure(.conflict, CatalogMessages.alreadyWithdrawn) }
    let changed = try await context.transaction.first(
      WithdrawRequestRow(tenant: context.tenant.id, id: row.id, version: row.version, now: context.now))
    guard let version = changed else { throw context.beaten }
    context.note("request", row.id, version, "withdrawn", .object(["request": .id(input.id)]))
    return try await context.requestOutput(input.id)
  }
}

extension OperationContext {
  /// A request that the caller may see.
  fileprivate func request(_ id: PublicId) async throws -> RequestRow {
    let found = try await transaction.first(RequestByPublicId(tenant: tenant.id, scope: access.rows, publicId: id))
    guard let found else { throw Failure.notFound }
    return found
  }

  fileprivate func requestOutput(_ id: PublicId) async throws -> RequestOutput {
    subject(id)
    return try RequestOutput(try await request(id), in: self)
  }
}

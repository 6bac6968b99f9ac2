import Kernel
import Operations

package struct OfferingOutput: OperationOutput {
  let id: PublicId
  let service: PublicId
  let row: OfferingRow
  /// The version whose content this is.
  let shown: OfferingVersionRow?
  /// What is published, for staff with its tasks; null before the first publication.
  let content: Value
  /// What is being written; not where a customer is shown what it sees.
  let draft: Value

  package static let fields: [OutputField<OfferingOutput>] =
    OfferingLine.facts { ($0.id, $0.service, $0.row) } + [
      OutputField("shown", .integer, "The version whose content this is; null before the first.", "所示内容的版本号；尚未发布则为 null。") { .integer($0.shown?.seq) },
      OutputField("shownAt", .instant, "When that version was published.", "该版本的发布时间。") { .instant($0.shown?.publishedAt) },
      OutputField("content", .document, "What that version says: the fields of offering.create.", "该版本的内容：与 offering.create 的字段相同。") { $0.content },
      OutputField("draft", .document, "What is being written; null: nothing.", "正在编写的草稿；无则为 null。") { $0.draft },
    ]
}

/// An offering in a listing.
package struct OfferingLine: OperationOutput {
  let id: PublicId
  let service: PublicId
  let row: OfferingRow

  init(_ row: OfferingRow, in context: OperationContext) {
    id = context.id(.offering, row.publicId)
    service = context.id(.service, row.servicePublicId)
    self.row = row
  }

  package static let fields: [OutputField<OfferingLine>] = OfferingLine.facts { ($0.id, $0.service, $0.row) }

  static func facts<Record>(_ of: @escaping @Sendable (Record) -> (id: PublicId, service: PublicId, row: OfferingRow)) -> [OutputField<Record>] {
    [
      OutputField("id", .id, "The offering.", "服务项编号。") { .id(of($0).id) },
      OutputField("code", .text, "Its code, unique.", "代码，不可重复。") { .text(of($0).row.code) },
      OutputField("service", .id, "Its service.", "所属服务。") { .id(of($0).service) },
      OutputField("serviceCode", .text, "The service's code.", "服务代码。") { .text(of($0).row.serviceCode) },
      OutputField("name", .document, "Its name by language.", "名称（按语言）。") { of($0).row.name.value ?? .null },
      OutputField("state", .text, "draft, published or retired.", "状态：draft（草稿）、published（已发布）或 retired（已停用）。") { .text(of($0).row.state.rawValue) },
      OutputField("orderable", .boolean, "Whether it can be ordered: published, and its service is in the catalogue.", "是否可申请：已发布且所属服务在目录中。") {
        .bool(of($0).row.isOrderable)
      },
      OutputField("published", .integer, "The number of its newest version; null before the first.", "最新已发布版本号；尚未发布则为 null。") { .integer(of($0).row.seq) },
      OutputField("publishedAt", .instant, "When that version was published.", "该版本的发布时间。") { .instant(of($0).row.publishedAt) },
      OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer(of($0).row.version) },
    ]
  }
}

package struct OfferingReference: OperationInput, NamesRecord {
  let id: PublicId

  package static let id = Field.id("id", .offering, "The offering.", "服务项编号。")

  package static let fields: [any InputField] = [id]

  package init(_ values: InputValues) throws(FieldError) { id = try values[Self.id] }
}

package enum CreateOffering: Operation {
  package struct Input: OperationInput {
    let service: PublicId
    let code: String
    let content: OfferingContent

    static let service = Field.id("service", .service, "Its service.", "所属服务。")

    package static let fields: [any InputField] = [service, CatalogFields.code] + OfferingContent.fields

    package init(_ values: InputValues) throws(FieldError) {
      service = try values[Self.service]
      code = try values[CatalogFields.code]
      content = try OfferingContent(values)
    }
  }

  package static let declaration = Declaration(
    "offering.create", "Make an offering of a service, as a draft.", zh: "新建服务项草稿。", permission: "catalogue.manage", roles: CatalogRights.managers,
    scopes: CatalogRights.everyone, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> OfferingOutput {
    let code = try CatalogRule.code(input.code)
    let service = try await context.service(input.service, path: "service")
    _ = try await context.checked(input.content)
    let (row, id) = try await context.insertOffering(code, of: service.id, name: input.content.name)
    context.transaction.enqueue(SaveDraft(offering: row, content: input.content.stored, now: context.now))
    return try await context.offeringOutput(id)
  }
}

package enum ListOfferings: Operation {
  package struct Input: OperationInput {
    let service: PublicId?
    let state: String?
    let limit: Int64?
    let cursor: String?

    private static let state = Field.oneOf(
      "state", OfferingState.allCases.map(\.rawValue), "Only those in this state.", "仅限此状态：draft 草稿、published 已发布、retired 已停用。"
    ).optional

    package static let fields: [any InputField] = [CustomerReference.field, CreateOffering.Input.service.optional, state, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      service = try values[CreateOffering.Input.service.optional]
      state = try values[Self.state]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "offering.list", "List the offerings by code; for a customer, those that its contracts in force let the caller order, for himself or for others.",
    zh: "按代码列出服务项；对客户仅列出其生效合同允许调用者（为本人或他人）申请的服务项。", permission: "offering.read",
    roles: CatalogRights.readers, scopes: CatalogRights.everyScope, reach: .homeOr(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<OfferingLine> {
    let service = try await input.service.asyncMap { try await context.service($0, path: "service").id }
    let filter = "\(context.tenant.publicId)/\(input.service?.description ?? "")/\(input.state ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let code = try after?.text(0) ?? ""
    let state = input.state.flatMap(OfferingState.init)
    let rows: [OfferingRow]
    if context.tenant.kind == .customer {
      rows = try await context.transaction.query(
        OrderableOfferings(
          today: context.today, tenant: context.tenant.id, sold: try await context.sold(), service: service, state: state, after: code, limit: limit + 1))
    } else {
      rows = try await context.transaction.query(
        OfferingsListed(
          today: context.today, customers: context.reachableCustomers, service: service, state: state, after: code, limit: limit + 1))
    }
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.text($0.code)])
    } element: {
      OfferingLine($0, in: context)
    }
  }
}

package enum ReadOffering: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let published: Int64?

    private static let published = Field.integer(
      "published", 1...Int64.max, "This version (default: the newest). A customer reads the newest; what it ordered, with request.read.",
      "指定版本（默认最新）。客户只能查看最新版本；所申请的版本见 request.read。"
    ).optional

    package static let fields: [any InputField] = [OfferingReference.id, CustomerReference.field, published]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[OfferingReference.id]
      published = try values[Self.published]
    }
  }

  package static let declaration = Declaration(
    "offering.read", "Read an offering with its order form, in any published version; a customer, one that its contracts in force let it order.",
    zh: "查看服务项（任一已发布版本）及其申请表单；客户仅可查看其生效合同允许申请的服务项。", roles: CatalogRights.readers, scopes: CatalogRights.everyScope,
    reach: .homeOr(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> OfferingOutput {
    let row = try await context.offering(input.id)
    guard context.tenant.kind == .customer else { return try await context.offeringOutput(input.id, published: input.published) }
    guard row.isOrderable, row.isFor(context.tenant.id), try await context.sold().covers(row) else { throw Failure.notFound }
    guard input.published == nil || input.published == row.seq else { throw context.noVersion(input.published, of: row, "published") }
    return try await context.offeringOutput(input.id)
  }
}

extension OperationContext {
  func insertOffering(_ code: String, of service: Int64, name: LocalText) async throws -> (row: Int64, id: PublicId) {
    let id = newId(.offering)
    guard let row = try await transaction.first(InsertOffering(publicId: id, service: service, code: code, name: name, now: now)) else { throw beaten }
    note("offering", row, 1, "created", .object(["offering": .id(id)]))
    return (row, id)
  }

  package func offering(_ id: PublicId, path: String = "id") async throws -> OfferingRow {
    guard let row = try await transaction.first(OfferingByPublicId(today: today, publicId: id, customers: reachableCustomers)) else {
      throw path == "id" ? Failure.notFound : unknownReference(path)
    }
    return row
  }

  /// The teams that a content names, by name; refuses one that could not be published.
  func checked(_ content: OfferingContent) async throws -> [String: Int64] {
    let teams = try await teams(Set(content.tasks.map(\.team)))
    let violations = CatalogRule.violations(in: content, teams: Set(teams.keys), levels: try await priorityLevels(for: [content]))
    guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
    return teams
  }

  /// What contents may name of the priority matrix; asked for only where one does.
  func priorityLevels(for contents: [OfferingContent]) async throws -> PriorityLevels {
    guard contents.contains(where: { $0.impact != nil || $0.urgency != nil }) else { return PriorityLevels() }
    let cells = try await transaction.query(LevelsOfMatrix())
    return PriorityLevels(impacts: Set(cells.map(\.impact)), urgencies: Set(cells.map(\.urgency)))
  }

  func teams(_ names: Set<String>) async throws -> [String: Int64] {
    guard !names.isEmpty else { return [:] }
    let found = try await transaction.query(TeamsOfNames(names: names.sorted()))
    return Dictionary(found.map { ($0.name, $0.id) }) { first, _ in first }
  }

  /// - Parameter published: a version; nil: the newest.
  func offeringOutput(_ id: PublicId, published: Int64? = nil) async throws -> OfferingOutput {
    subject(id)
    let row = try await offering(id)
    let version = try await published.asyncMap { try await self.version($0, of: row, "published") } ?? row.newest
    let content = try await version.asyncMap { try await self.content(of: $0, withTasks: tellsProvidersOwn).stored }
    let draft = tellsProvidersOwn ? row.draft : nil
    return OfferingOutput(
      id: id, service: self.id(.service, row.servicePublicId), row: row, shown: version, content: content ?? .null,
      draft: try draft.map { try OfferingContent.read($0).stored } ?? .null)
  }
}

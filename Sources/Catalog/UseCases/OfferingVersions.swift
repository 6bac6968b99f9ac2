import Kernel
import Operations

package enum ListOfferingVersions: Operation {
  package typealias Input = PageOf<OfferingReference>

  package struct VersionOutput: OperationOutput {
    let version: OfferingVersionsListed.Found

    package static let fields: [OutputField<VersionOutput>] = [
      OutputField("published", .integer, "The number of the version, for offering.read and offering.compare.", "版本号，供 offering.read 和 offering.compare 使用。") {
        .integer($0.version.seq)
      },
      OutputField("publishedAt", .instant, "When it was published.", "发布时间。") { .instant($0.version.publishedAt) },
      OutputField("name", .document, "What it was called, by language.", "名称（按语言）。") { $0.version.name },
    ]
  }

  package static let declaration = Declaration(
    "offering.versions", "List the published versions of an offering, the newest first.", zh: "列出服务项的已发布版本，最新的在前。", permission: "catalogue.read",
    roles: CatalogRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<VersionOutput> {
    let offering = try await context.offering(input.id)
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      OfferingVersionsListed(offering: offering.id, before: try after?.integer(0) ?? .max, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.seq)])
    } element: {
      VersionOutput(version: $0)
    }
  }
}

/// What differs between two published versions, or between one and the draft.
package enum CompareOffering: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let from: Int64?
    let to: Int64?

    private static let from = Field.integer(
      "from", 1...Int64.max, "The earlier version (default: the one before the other).", "较早的版本（默认为另一版本的前一版本）。"
    ).optional
    private static let to = Field.integer(
      "to", 1...Int64.max, "The later version (default: the draft, where there is one, or else the newest).", "较晚的版本（默认为草稿；无草稿则为最新版本）。"
    ).optional

    package static let fields: [any InputField] = [OfferingReference.id, from, to]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[OfferingReference.id]
      from = try values[Self.from]
      to = try values[Self.to]
    }
  }

  package struct ChangeOutput: OperationOutput {
    let change: ContentDifference.Change

    package static let fields: [OutputField<ChangeOutput>] = [
      OutputField("field", .text, "What differs: priceModel, prices.Operation.amount, form.users.", "差异项：如 priceModel、prices.Operation.amount、form.users。") {
        .text($0.change.field)
      },
      OutputField("before", .document, "What it was; null: it was not said before.", "变更前的值；null 表示此前没有。") { $0.change.before?.value ?? .null },
      OutputField("after", .document, "What it is then; null: it is not said any more.", "变更后的值；null 表示不再有。") { $0.change.after?.value ?? .null },
      OutputField("english", .text, "The change in English words.", "变更的英文表述。") { .text(ContentWords(.english).sentence($0.change)) },
      OutputField("chinese", .text, "The change in Chinese words.", "变更的中文表述。") { .text(ContentWords(.chinese).sentence($0.change)) },
    ]
  }

  package struct Output: OperationOutput {
    let from: Int64
    let to: Int64?
    let changes: [ChangeOutput]

    package static let fields: [OutputField<Output>] = [
      OutputField("from", .integer, "The earlier version.", "较早的版本。") { .integer($0.from) },
      OutputField("to", .integer, "The later version; null: the draft.", "较晚的版本；草稿为 null。") { .integer($0.to) },
      OutputField("changes", listOf: ChangeOutput.self, "What differs, in the order of the description.", "差异，按说明内容的顺序。") { $0.changes },
    ]
  }

  package static let declaration = Declaration(
    "offering.compare", "Tell what differs between two versions of an offering, or between one and its draft, in words.", zh: "以文字说明服务项两个版本（或版本与草稿）之间的差异。",
    permission: "catalogue.read", roles: CatalogRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let row = try await context.offering(input.id)
    guard let newest = row.seq else { throw Failure(.conflict, CatalogMessages.notPublished, ["code": row.code]) }
    let draft = input.to == nil ? row.draft : nil
    // The later one first: from it follows which is the earlier, so that nobody is told of a number that he did not give.
    let to = draft == nil ? try await context.version(input.to ?? newest, of: row, "to") : nil
    let from = try await context.version(input.from ?? to.map { max($0.seq - 1, 1) } ?? newest, of: row, "from")
    let later =
      if let to { try await context.content(of: to, withTasks: true) } else { try OfferingContent.read(draft ?? .null) }
    let earlier = try await context.content(of: from, withTasks: true)
    let changes = ContentDifference(from: earlier, to: later).changes.map { ChangeOutput(change: $0) }
    return Output(from: from.seq, to: to?.seq, changes: changes)
  }
}

extension OperationContext {
  func version(_ seq: Int64, of row: OfferingRow, _ path: String) async throws -> OfferingVersionRow {
    if let newest = row.newest, newest.seq == seq { return newest }
    let found = seq < (row.seq ?? 0) ? try await transaction.first(OfferingVersions(offering: row.id, before: seq + 1, limit: 1)) : nil
    guard let found, found.seq == seq else { throw noVersion(seq, of: row, path) }
    return found
  }

  func noVersion(_ seq: Int64?, of row: OfferingRow, _ path: String) -> Failure {
    .invalid(path, CatalogMessages.noVersion, ["version": seq.map { String($0) } ?? "-", "newest": row.seq.map { String($0) } ?? "-"])
  }

  /// What a version says. How it is fulfilled is the provider's own.
  func content(of version: OfferingVersionRow, withTasks: Bool) async throws -> OfferingContent {
    let content = try OfferingContent.read(version.content)
    guard withTasks else { return content }
    return content.with(try await transaction.query(TasksOfVersions(versions: [version.id])).map(\.task))
  }
}

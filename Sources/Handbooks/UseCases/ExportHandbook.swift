import Catalog
import Documents
import Kernel
import Operations

package enum ExportHandbook: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let edition: Int64?
    let isDraft: Bool
    let format: String
    let language: Language

    private static let draft = Field.boolean("draft", "The draft, with what is in force now (default: the newest edition).", "导出草稿及当前生效内容（默认导出最新版本）。").optional
    private static let format = Field.oneOf("format", ["markdown", "html"], "Markdown (default), or HTML for the printer.", "格式：markdown（默认）或 html（供打印）。")
    private static let language = Field.language("Its language (default: en).", "语言（默认 en）。")
    package static let fields: [any InputField] = [HandbookFields.id, HandbookFields.edition, draft, format.optional, language.optional]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[HandbookFields.id]
      edition = try values[HandbookFields.edition]
      isDraft = try values[Self.draft] ?? false
      format = try values[Self.format.optional] ?? "markdown"
      language = try values[Self.language.optional].flatMap(Language.init(rawValue:)) ?? .english
      if isDraft, edition != nil { throw FieldError("draft", HandbookMessages.draftOrEdition) }
    }
  }

  package struct Output: OperationOutput {
    let edition: Int64?
    let format: String
    let language: Language
    let text: String

    package static let fields: [OutputField<Output>] = [
      OutputField("edition", .integer, "The edition; null: the draft.", "版本号；草稿为 null。") { .integer($0.edition) },
      OutputField("format", .text, "markdown or html.", "格式：markdown 或 html。") { .text($0.format) },
      OutputField("language", .text, "en or zh-Hans.", "语言：en 或 zh-Hans。") { .text($0.language.rawValue) },
      OutputField("text", .text, "The document, whole.", "完整文档。") { .text($0.text) },
    ]
  }

  package static let declaration = Declaration(
    "handbook.export", "Write the handbook of a process as a document: its newest edition, another one, or the draft.",
    zh: "将流程手册导出为文档：最新版本、指定版本或草稿。", permission: HandbookRights.read, roles: HandbookRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let row = try await context.handbook(input.id)
    let edition = input.isDraft ? nil : try await context.edition(input.edition, of: row)
    guard input.isDraft || edition != nil else { throw Failure(.conflict, HandbookMessages.notPublished) }
    let process = try row.known
    let inForce = if let edition { HandbookInForce(edition.inForce) } else { try await context.inForce(process) }
    let content = try HandbookContent.read(edition?.content ?? row.draft)
    let writer = HandbookWriter(
      language: input.language, provider: context.provider.name, process: process,
      edition: edition.map { HandbookWriter.Edition(seq: $0.seq, day: context.provider.day(at: $0.publishedAt), publisher: $0.publisher) },
      reviewDueOn: edition?.seq == row.newestSeq ? row.reviewDueOn : nil, staff: try await context.staffBook(content.people.map(\.person) + inForce.people))
    let document = writer.document(content, inForce)
    let text = input.format == "html" ? DocumentHTML(document).text : DocumentMarkdown(document).text
    return Output(edition: edition?.seq, format: input.format, language: input.language, text: text)
  }
}

import Documents
import Kernel
import Operations

package enum WriteManual: Operation {
  package struct Input: OperationInput {
    let format: String
    let language: Language
    let family: PublicId?

    private static let format = Field.oneOf("format", ["markdown", "html"], "Markdown (default), or HTML for the printer.", "格式：markdown（默认）或 html（供打印）。")
    private static let language = Field.language("Its language (default: en).", "语言（默认 en）。")

    package static let fields: [any InputField] = [CustomerReference.field, format.optional, language.optional, ServiceFields.family.optional]

    package init(_ values: InputValues) throws(FieldError) {
      format = try values[Self.format.optional] ?? "markdown"
      language = try values[Self.language.optional].flatMap(Language.init(rawValue:)) ?? .english
      family = try values[ServiceFields.family.optional]
    }
  }

  package struct Output: OperationOutput {
    let format: String
    let language: Language
    let text: String

    package static let fields: [OutputField<Output>] = [
      OutputField("format", .text, "markdown or html.", "格式：markdown 或 html。") { .text($0.format) },
      OutputField("language", .text, "en or zh-Hans.", "语言：en 或 zh-Hans。") { .text($0.language.rawValue) },
      OutputField("text", .text, "The document, whole.", "完整文档。") { .text($0.text) },
    ]
  }

  package static let declaration = Declaration(
    "catalogue.manual",
    "Write the service product manual of a family, or of all: for a customer, of what its contracts in force sell to the caller or to those whom he may see.",
    zh: "生成某一服务族或全部服务的服务产品手册；对客户仅包含其生效合同售予调用者（或其可见人员）的服务。", roles: CatalogRights.readers,
    scopes: CatalogRights.everyScope, reach: .homeOr(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let family = try await input.family.asyncMap { id in
      guard let row = try await context.transaction.first(FamilyByPublicId(publicId: id)) else { throw context.unknownReference("family") }
      return row.id
    }
    let customer = context.tenant.kind == .customer ? context.tenant.name : nil
    let (catalogue, offerings) = try await customer == nil ? forAll(family, in: context) : forCustomer(family, in: context)
    let versions = offerings.compactMapValues { row in
      row.newest.map { (seq: $0.seq, day: context.provider.day(at: $0.publishedAt)) }
    }
    // What a service depends on is the provider's own where the manual is a customer's.
    let names = try await customer == nil ? context.transaction.query(ServiceNames(today: context.today)) : []
    let writer = ManualWriter(
      language: input.language, provider: context.provider.name, customer: customer, today: context.today, versions: versions)
    let document = writer.document(catalogue, names: Dictionary(names.map { ($0.code, $0.name) }) { first, _ in first })
    let text = input.format == "html" ? DocumentHTML(document).text : DocumentMarkdown(document).text
    return Output(format: input.format, language: input.language, text: text)
  }

  private static func forAll(_ family: Int64?, in context: OperationContext) async throws -> (Catalogue, [String: OfferingRow]) {
    let recorded = try await RecordedCatalogue(in: context, family: family)
    return (recorded.catalogue.forAll, recorded.offerings)
  }

  private static func forCustomer(_ family: Int64?, in context: OperationContext) async throws -> (Catalogue, [String: OfferingRow]) {
    let sold = try await SoldCatalogue(in: context, family: family)
    return (sold.catalogue, sold.offerings)
  }
}

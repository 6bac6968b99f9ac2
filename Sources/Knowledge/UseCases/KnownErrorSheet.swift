import Kernel
import Operations

/// What a known error tells whoever is hit by it: how it is noticed, and what helps meanwhile.
package struct KnownErrorSheet: OperationOutput {
  let id: PublicId
  let row: PublishedRow

  package static let fields: [OutputField<KnownErrorSheet>] = [
    OutputField("article", .id, "The article that tells it, for article.read.", "相关文章，可用 article.read 阅读。") { .id($0.id) },
    OutputField("number", .text, "Its number, for people.", "编号。") { .text(ArticleNumber.text($0.row.number)) },
    OutputField("title", .document, "Its title by language.", "标题（按语言）。") { $0.row.content.title.value ?? .null },
    OutputField("symptom", .document, "What is noticed of it, by language.", "症状（按语言）。") { $0.row.content.symptom?.value ?? .null },
    OutputField("workaround", .document, "What helps meanwhile, by language; null: nothing is known.", "临时方案（按语言）；未知则为 null。") {
      $0.row.content.workaround?.value ?? .null
    },
    OutputField("publishedAt", .instant, "When this version was published.", "该版次的发布时间。") { .instant($0.row.publishedAt) },
  ]
}

extension OperationContext {
  /// Of these articles the known errors that are published for the caller, who sees the bound tenant.
  package func knownErrors(_ articles: [Int64]) async throws -> [KnownErrorSheet] {
    let readership = Readership(isStaff: principal.side == .staff, customers: [tenant.id.rawValue])
    return try await transaction.query(PublishedOfIds(readership: readership, ids: articles))
      .filter { $0.content.kind == .knownError }.sorted { $0.number < $1.number }
      .map { KnownErrorSheet(id: id(.article, $0.publicId), row: $0) }
  }
}

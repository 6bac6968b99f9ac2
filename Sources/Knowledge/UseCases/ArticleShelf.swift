import Kernel
import Operations
import Tenancy

/// Articles as the staff need them on the ticket of one customer: those about nobody in particular, and those about this one.
package struct ArticleShelf: Sendable {
  private let context: OperationContext
  private let readership: Readership

  package init(_ context: OperationContext, for customer: TenantId) {
    self.context = context
    readership = Readership(isStaff: true, customers: [customer.rawValue])
  }

  /// A published article.
  package func published(_ id: PublicId) async throws -> PublishedRow? {
    try await context.transaction.first(PublishedByPublicId(readership: readership, publicId: id))
  }

  /// The row of an article, be it published or not any more.
  package func row(_ id: PublicId) async throws -> Int64? {
    try await context.transaction.first(ArticleByPublicId(customers: readership.customers, publicId: id))?.id
  }

  package func published(_ ids: [Int64]) async throws -> [Int64: PublishedRow] {
    let rows = try await context.transaction.query(PublishedOfIds(readership: readership, ids: ids))
    return Dictionary(rows.map { ($0.id, $0) }) { first, _ in first }
  }

  /// What may help with a text: any of its words is enough, and the more of them the better.
  package func suggestions(for text: String, limit: Int64) async throws -> [ArticleHit] {
    let find = FindArticles(query: SearchQuery(text), isAnyWordEnough: true, readership: readership, kind: nil, after: nil, limit: limit)
    return try await context.articles(at: find, readership: readership).map { ArticleHit($0.row, in: context) }
  }
}

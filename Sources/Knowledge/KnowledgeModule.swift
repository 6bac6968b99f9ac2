import Kernel
import Operations

/// Knowledge (知识库): articles in versions, for staff, for all customers or about one, reviewed by another before they are published
/// and looked through again; what texts are found by; what readers say of them.
package enum KnowledgeModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    CreateArticle.self, ChangeArticle.self, SubmitArticle.self, SendBackArticle.self, PublishArticle.self, BypassReview.self, ReviseArticle.self,
    DiscardDraft.self, ConfirmArticle.self, RetireArticle.self, InspectArticle.self, ListArticles.self, ListDueArticles.self, ListVersions.self,
    ReadArticle.self, SearchArticles.self, RateArticle.self, ListRatings.self, ReadContributions.self,
  ]

  package static let messages = KnowledgeMessages.all

  package static let constraints: [String: Message] = [:]
}

/// The permissions of the module and who holds them in a new installation.
enum ArticleRights {
  static let write = "article.write"
  static let review = "article.review"
  static let inspect = "article.inspect"
  static let read = "article.read"
  static let writers: Set<StockRole> = [.administrator, .accountManager, .engineer]
  static let administrators: Set<StockRole> = [.administrator]
  static let staff: Set<StockRole> = [.administrator, .accountManager, .engineer, .finance]
  static let everyone: Set<StockRole> = staff.union([.customerManager, .requester])
  static let everyScope: Set<Grant.ScopeKind> = [.listed, .all, .tenant, .unit, .own]
}

/// That an article solved a ticket is told to who began it: of one article and one customer once a day.
package enum ArticleNews {
  package static let solved = "article.solved"
  /// The kind of its subject: an article, by its row, in the tenant of the ticket.
  package static let subjectKind = "article_use"
}

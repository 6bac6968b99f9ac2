import Kernel
import Problems

/// What is said of what is due by a day.
enum ReminderMessages: MessageCatalog {
  static let ruleArticle = Message("notification.rule.article_review_due", "Your article is to be looked through", zh: "您的文章需要复审")
  static let ruleArticleSource = Message(
    "notification.rule.article_source_changed", "What your article tells of has changed", zh: "您的文章所描述的问题有变化")
  static let ruleAccessOpened = Message("notification.rule.access_review_opened", "You are to look at who has what", zh: "请您复核访问权限")
  static let ruleAccessOverdue = Message("notification.rule.access_review_overdue", "Your access review is overdue", zh: "您的访问权限复核已逾期")
  static let ruleHandbook = Message("notification.rule.handbook_review_due", "The handbook of your process is to be looked through", zh: "您负责的流程手册需要复审")
  static let ruleWarranty = Message("notification.rule.ci_warranty_ending", "A warranty of yours ends", zh: "您负责的配置项保修即将到期")

  static let everything = Message("notification.access_review.everything", "everything", zh: "全部")
  static let articleSubject = Message(
    "notification.article_review_due.subject", "[{number}] To be looked through by {dueOn}: {title}", zh: "[{number}] 请于 {dueOn} 前复审：{title}")
  static let articleBody = Message(
    "notification.article_review_due.body",
    "{number}: {title}\nTo be looked through by: {dueOn}\n\nIf it is still right, confirm it (article.confirm); if not, write it anew (article.revise) or retire it.",
    zh: "{number}：{title}\n复审截止日：{dueOn}\n\n如内容仍然正确，请确认（article.confirm）；否则请修订（article.revise）或停用。")
  static let articleSourceSubject = Message(
    "notification.article_source_changed.subject", "[{number}] To be looked through, for {problem} has changed: {title}",
    zh: "[{number}] {problem} 有变化，请复审：{title}")
  static let articleSourceBody = Message(
    "notification.article_source_changed.body",
    "{number}: {title}\nIt tells {problem}: {what}.\n{actor}, {at}\n\nIf it is still right, confirm it (article.confirm); if not, write it anew (article.revise) or retire it.",
    zh: "{number}：{title}\n相关问题 {problem}：{what}。\n{actor}，{at}\n\n如内容仍然正确，请确认（article.confirm）；否则请修订（article.revise）或停用。")
  private static let doubtCause = Message("notification.article_doubt.cause", "its cause was recorded anew", zh: "根本原因已重新登记")
  private static let doubtWorkaround = Message("notification.article_doubt.workaround", "something else helps meanwhile", zh: "临时方案已变更")
  private static let doubtInvestigated = Message("notification.article_doubt.investigated", "what was known did not hold", zh: "原有结论不成立，重新调查")
  private static let doubtResolved = Message("notification.article_doubt.resolved", "it is resolved", zh: "已解决")
  private static let doubtClosed = Message("notification.article_doubt.closed", "it is closed", zh: "已关闭")
  private static let doubtReopened = Message("notification.article_doubt.reopened", "it was reopened", zh: "已重新打开")
  private static let doubtCancelled = Message("notification.article_doubt.cancelled", "it is given up", zh: "已取消")
  private static let doubtReplaced = Message("notification.article_doubt.replaced", "another article tells it now", zh: "现由另一篇文章描述")

  /// What about a problem makes an article doubtful, in words.
  static func doubt(_ doubt: ArticleDoubt) -> Message {
    switch doubt {
    case .cause: doubtCause
    case .workaround: doubtWorkaround
    case .investigated: doubtInvestigated
    case .resolved: doubtResolved
    case .closed: doubtClosed
    case .reopened: doubtReopened
    case .cancelled: doubtCancelled
    case .replaced: doubtReplaced
    }
  }

  static let accessOpenedSubject = Message(
    "notification.access_review_opened.subject", "Who has access to {resource}? To be looked at by {dueOn}", zh: "请于 {dueOn} 前复核访问权限：{resource}")
  static let accessOpenedBody = Message(
    "notification.access_review_opened.body",
    "Customer: {customer}\nAccess to: {resource}\nBy: {dueOn}\nOpened by: {actor}, {at}\n\nConfirm or revoke what each has: access_review.items, access_review.decide",
    zh: "客户：{customer}\n访问对象：{resource}\n截止日：{dueOn}\n发起人：{actor}，{at}\n\n请逐项确认或收回：access_review.items、access_review.decide")
  static let accessOverdueSubject = Message(
    "notification.access_review_overdue.subject", "Overdue since {dueOn}: who has access to {resource}?", zh: "访问权限复核自 {dueOn} 起逾期：{resource}")
  static let accessOverdueBody = Message(
    "notification.access_review_overdue.body",
    "Customer: {customer}\nAccess to: {resource}\nIt was to be done by: {dueOn}\n\nWhat nobody has decided on stays as it is: access_review.items, access_review.decide",
    zh: "客户：{customer}\n访问对象：{resource}\n应于 {dueOn} 前完成\n\n未决定的权限保持不变：access_review.items、access_review.decide")
  static let handbookSubject = Message(
    "notification.handbook_review_due.subject", "Handbook to be looked through by {dueOn}: {process}", zh: "请于 {dueOn} 前复审流程手册：{process}")
  static let handbookBody = Message(
    "notification.handbook_review_due.body",
    "{process}\nTo be looked through by: {dueOn}\n\nIf it still holds, have it confirmed (handbook.confirm); if not, change it and publish the next edition (handbook.change, handbook.publish).",
    zh: "{process}\n复审截止日：{dueOn}\n\n如仍然适用，请确认（handbook.confirm）；否则请修改并发布新版本（handbook.change、handbook.publish）。")
  static let warrantySubject = Message(
    "notification.ci_warranty_ending.subject", "The warranty of {ci} ends on {endsOn}", zh: "{ci} 的保修将于 {endsOn} 到期")
  static let warrantyBody = Message(
    "notification.ci_warranty_ending.body", "Configuration item: {ci}\nCustomer: {customer}\nLast day of its warranty: {endsOn}",
    zh: "配置项：{ci}\n客户：{customer}\n保修截止日：{endsOn}")

  static let all = [
    ruleArticle, ruleArticleSource, ruleAccessOpened, ruleAccessOverdue, ruleHandbook, ruleWarranty, everything, articleSubject, articleBody,
    articleSourceSubject, articleSourceBody, doubtCause, doubtWorkaround, doubtInvestigated, doubtResolved, doubtClosed, doubtReopened, doubtCancelled,
    doubtReplaced, accessOpenedSubject,
    accessOpenedBody, accessOverdueSubject, accessOverdueBody, handbookSubject, handbookBody, warrantySubject, warrantyBody,
  ]
}

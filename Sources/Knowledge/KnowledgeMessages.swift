import Kernel

package enum KnowledgeMessages: MessageCatalog {
  static let needsSymptom = Message("article.needs_symptom", "A known error tells its symptom.", zh: "已知错误必须填写症状。")
  static let needsCause = Message("article.needs_cause", "A known error tells its cause, or a workaround, or both.", zh: "已知错误必须填写原因或临时方案。")
  static let needsBody = Message("article.needs_body", "This article needs a body.", zh: "此文章必须有正文。")
  static let onlyKnownError = Message("article.only_known_error", "Only a known error tells this.", zh: "只有已知错误可填写此项。")
  static let otherLanguages = Message(
    "article.other_languages", "Write this in the languages of the title: in each of them, and in no other.", zh: "语言必须与标题一致：每种语言都要填写，且不得有其他语言。")
  static let notNow = Message(
    "article.not_now", "That is not possible now: the article is {state}, its draft {draft}. Possible: {allowed}.",
    zh: "当前无法执行：文章状态为 {state}，草稿状态为 {draft}。可执行：{allowed}。")
  static let ownWork = Message(
    "article.own_work", "You wrote at this draft: another person reviews and publishes it.", zh: "您参与了此草稿的编写，须由他人审阅并发布。")
  static let personRequired = Message(
    "article.person_required", "An article is published by a member of staff with a login of his own.", zh: "文章须由使用本人账户的服务商人员发布。")
  static let forAllOnly = Message(
    "article.for_all_only", "What all customers read is published, confirmed and retired by those who may act for all of them.",
    zh: "面向所有客户的文章，只能由有权代表所有客户的人员发布、确认或停用。")
  static let nothingToChange = Message("article.nothing_to_change", "Nothing would change.", zh: "没有任何变更。")
  static let notPublished = Message("article.not_published", "The article is not published.", zh: "该文章未发布。")

  static let badDays = Message("article.bad_days", "This must come after the first day.", zh: "必须晚于起始日。")

  package static let all = [
    needsSymptom, needsCause, needsBody, onlyKnownError, otherLanguages, notNow, ownWork, personRequired, forAllOnly, nothingToChange, notPublished, badDays,
  ]
}

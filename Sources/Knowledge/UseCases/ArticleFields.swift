import Kernel
import Operations

package enum ArticleFields: NamesRecord {
  package static let id = Field.id("id", .article, "The article.", "文章。")
  static let kind = Field.oneOf(
    "kind", ArticleKind.allCases.map(\.rawValue), "What it is: how something is done, what helped, a fault whose cause remains, or a policy.",
    "类型：how_to 操作指南、solution 解决方案、known_error 已知错误、policy 政策。")
  static let audience = Field.oneOf(
    "audience", ArticleAudience.allCases.map(\.rawValue), "internal: staff only (default); customers: their people too, once it is published.",
    "internal：仅服务商人员（默认）；customers：发布后客户人员亦可阅读。")
  static let onlyFor = Field.id(
    "onlyFor", .customer, "The one customer that it is about, fixed for good: no other customer, and no staff who do not serve it, see it.",
    "所涉及的唯一客户，登记后不可更改：其他客户及不服务该客户的人员均不可见。"
  ).optional
  static let title = Field.localText("title", 1...200, "What it is about, in a line, by language.", "标题（按语言）。")
  static let body = Field.localText(
    "body", 1...20_000, multiline: true, "The text by language: plain, with a small Markdown. A known error may do without.",
    "正文（按语言）：纯文本，可用少量 Markdown。已知错误可不填。")
  static let symptom = Field.localText("symptom", 1...5000, multiline: true, "What is noticed of a known error, by language.", "已知错误的症状（按语言）。")
  static let cause = Field.localText("cause", 1...5000, multiline: true, "Why it happens, by language.", "原因（按语言）。")
  static let workaround = Field.localText("workaround", 1...5000, multiline: true, "What helps meanwhile, by language.", "临时方案（按语言）。")
  static let reviewMonths = Field.integer(
    "reviewMonths", 1...60, "After how many months somebody looks through it again (default 12).", "多少个月后复审（默认 12）。")
}

package typealias ArticleReference = ReferenceInput<ArticleFields>

/// An article as staff see it, with what is being written.
package struct ArticleRecord: OperationOutput {
  let id: PublicId
  let row: ArticleRow

  init(_ row: ArticleRow, in context: OperationContext) {
    id = context.id(.article, row.publicId)
    self.row = row
  }

  package static let fields: [OutputField<ArticleRecord>] = [
    OutputField("id", .id, "The article.", "文章。") { .id($0.id) },
    OutputField("number", .text, "Its number, for people.", "编号。") { .text(ArticleNumber.text($0.row.number)) },
    OutputField("kind", .text, "how_to, solution, known_error or policy.", "类型：how_to、solution、known_error 或 policy。") { .text($0.row.kind) },
    OutputField("audience", .text, "internal or customers.", "读者：internal（仅服务商人员）或 customers（客户人员亦可）。") { .text($0.row.audience) },
    OutputField("onlyFor", .id, "The one customer that it is about; null: it is about no one in particular.", "所涉及的唯一客户；null 表示不限。") { .id($0.row.onlyFor) },
    OutputField("title", .document, "Its title by language.", "标题（按语言）。") { $0.row.title.value ?? .null },
    OutputField(
      "state", .text, "unpublished, published or retired: what readers see of it.", "状态：unpublished（未发布）、published（已发布）或 retired（已停用）。"
    ) { .text($0.row.life.standing.rawValue) },
    OutputField("draftState", .text, "draft or in_review; null: nothing is being written.", "草稿状态：draft（编写中）或 in_review（审阅中）；null 表示没有草稿。") {
      .text($0.row.life.draft?.rawValue)
    },
    OutputField("draft", .document, "What is being written: kind, audience and texts.", "正在编写的内容：类型、读者与文本。") { $0.row.draft?.content.value ?? .null },
    OutputField("writers", .list(.text), "Who wrote at the draft, its author first.", "草稿编写者，作者在前。") {
      .array(($0.row.draft?.writers ?? []).map { .text($0.name) })
    },
    OutputField("remark", .text, "Why the draft was sent back.", "退回原因。") { .text($0.row.draft?.remark) },
    OutputField("revision", .integer, "The newest published version; null: none.", "最新发布的版次；null 表示从未发布。") { .integer($0.row.publishedSeq) },
    OutputField("reviewMonths", .integer, "After how many months somebody looks through it again.", "复审周期（月）。") { .integer($0.row.reviewMonths) },
    OutputField("reviewDueOn", .date, "By which day somebody must look through it.", "复审截止日。") { .date($0.row.reviewDueOn) },
    OutputField("author", .text, "Who began it.", "创建者。") { .text($0.row.authorName) },
    OutputField("recordedAt", .instant, "When it was begun.", "创建时间。") { .instant($0.row.recordedAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]
}

package enum ArticleNumber {
  /// KB-000123
  package static func text(_ number: Int64) -> String {
    let digits = String(number)
    return "KB-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}

import Kernel
import Operations

package enum HandbookFields: NamesRecord {
  package static let id = Field.id("id", .handbook, "The handbook.", "流程手册编号。")
  static let edition = Field.integer("edition", 1...Int64.max, "This edition (default: the newest).", "版本号（默认最新）。").optional
}

package typealias HandbookReference = ReferenceInput<HandbookFields>

/// What is missing of a handbook, as it is told.
package struct GapOutput: OperationOutput {
  let gap: HandbookGap
  let text: String

  package static let fields: [OutputField<GapOutput>] = [
    OutputField("gap", .text, "\(HandbookGap.codes.joined(separator: ", ")).", "类别：\(HandbookGap.codes.joined(separator: "、"))。") { .text($0.gap.code) },
    OutputField("text", .text, "The same in words.", "文字说明。") { .text($0.text) },
  ]
}

/// A member of the staff, as a handbook tells of him.
package struct HandbookPerson: OperationOutput {
  let id: PublicId
  let name: String
  let isActive: Bool

  package static let fields: [OutputField<HandbookPerson>] = [
    OutputField("id", .id, "The member of the staff.", "服务商人员编号。") { .id($0.id) },
    OutputField("name", .text, "What he or she is called now.", "当前姓名。") { .text($0.name) },
    OutputField("isActive", .boolean, "Whether still there.", "是否在职。") { .bool($0.isActive) },
  ]
}

/// An edition as it is told.
package struct EditionOutput: OperationOutput {
  let row: EditionRow

  package static let fields: [OutputField<EditionOutput>] = [
    OutputField("edition", .integer, "Its number.", "版本号。") { .integer($0.row.seq) },
    OutputField("publishedAt", .instant, "When it was published.", "发布时间。") { .instant($0.row.publishedAt) },
    OutputField("publishedBy", .text, "By whom.", "发布人。") { .text($0.row.publisher) },
    OutputField("content", .document, "What it says, in the form that handbook.create takes.", "内容，格式同 handbook.create。") { $0.row.content },
    OutputField(
      "inForce", .document, "The codes, the priority matrix, and the gates and rules for all customers that were in force.",
      "发布时生效的代码、优先级矩阵与面向全部客户的关卡及规则。"
    ) {
      $0.row.inForce
    },
  ]
}

/// A handbook as it is told.
package struct HandbookRecord: OperationOutput {
  let id: PublicId
  let row: HandbookRow
  let edition: EditionRow?
  let isChanged: Bool
  let people: [HandbookPerson]
  let gaps: [GapOutput]

  package static let fields: [OutputField<HandbookRecord>] = [
    OutputField("id", .id, "The handbook.", "流程手册编号。") { .id($0.id) },
    OutputField("process", .text, "Of which process.", "流程。") { .text($0.row.process) },
    OutputField("newest", .integer, "The newest edition; null: none is published.", "最新版本号；null 表示尚未发布。") { .integer($0.row.newestSeq) },
    OutputField("reviewDueOn", .date, "By which day somebody must look through it; null: none is published.", "复审截止日；尚未发布则为 null。") {
      .date($0.row.reviewDueOn)
    },
    OutputField("published", record: EditionOutput.self, "The edition that was asked for, or the newest; null: none is published.", "所查询的版本（默认最新）；尚未发布则为 null。")
    {
      $0.edition.map(EditionOutput.init)
    },
    OutputField("draft", .document, "What the next edition is going to say.", "下一版草稿。") { $0.row.draft },
    OutputField("isChanged", .boolean, "Whether the draft says anything else than the newest edition.", "草稿与最新版本是否不同。") { .bool($0.isChanged) },
    OutputField("people", listOf: HandbookPerson.self, "Who stands in the edition or in the draft.", "版本与草稿中出现的人员。") { $0.people },
    OutputField(
      "gaps", listOf: GapOutput.self, "What is missing of the newest edition, or of the draft where none is published.", "最新版本（未发布则为草稿）的缺漏。"
    ) { $0.gaps },
    OutputField("version", .integer, "For If-Match.", "用于 If-Match 的版本号。") { .integer($0.row.version) },
  ]
}

import Kernel
import Operations

/// What who acts says to the gates before the act.
package struct GateAnswers: Sendable {
  struct Bypass: OperationInput {
    let gate: PublicId
    let reason: String

    private static let gate = Field.id("gate", .gate, "The gate.", "关卡编号。")
    static let reason = Field.text("reason", 1...1000, "Why it may go on without.", "放行理由。")
    static let fields: [any InputField] = [gate, reason]

    init(_ values: InputValues) throws(FieldError) {
      gate = try values[Self.gate]
      reason = try values[Self.reason]
    }
  }

  let checked: [String]
  let bypasses: [Bypass]
  let files: [PublicId]

  private static let checked = Field.list(
    "checked", of: .text("item", 1...60, "An item.", "检查项。"), count: 0...200, "Items of the gates' checklists that are done; staff only.",
    "关卡检查清单中已完成的项（仅服务商人员）。"
  ).optional
  private static let bypass = Field.list(
    "bypass", of: Field<Bypass>.object("bypass", "A gate, and why.", "关卡及理由。"), count: 0...20,
    "Gates that are to let it pass without what they ask for, with the reason; for who may bypass gates.", "须放行的关卡及理由（仅限有放行权限的人员）。"
  ).optional

  private static let files = Field.list(
    "files", of: .id("file", .gatedFile, "An attachment.", "附件。"), count: 0...20,
    "Files attached to it that are the evidence which gates ask for; staff only.", "作为关卡所要求依据的附件，须已附于该工单（仅服务商人员）。"
  ).optional

  /// The fields of an operation before which gates may stand.
  package static let fields: [any InputField] = [checked, bypass, files]

  package init(_ values: InputValues) throws(FieldError) {
    checked = try values[Self.checked] ?? []
    bypasses = try values[Self.bypass] ?? []
    files = try values[Self.files] ?? []
  }

  var firstGiven: String? {
    let given = [("checked", checked.isEmpty), ("bypass", bypasses.isEmpty), ("files", files.isEmpty)]
    return given.first { !$0.1 }?.0
  }
}

/// A record that takes a step before which gates may stand.
package struct GateStepInput<Named: NamesRecord>: OperationInput {
  package let id: PublicId
  package let answers: GateAnswers

  package static var fields: [any InputField] { [Named.id] + GateAnswers.fields }

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[Named.id]
    answers = try GateAnswers(values)
  }
}

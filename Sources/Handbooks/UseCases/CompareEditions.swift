import Kernel
import Operations

/// What differs between two editions, or between one and the draft with what is in force now.
package enum CompareEditions: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let from: Int64?
    let to: Int64?

    private static let from = Field.integer(
      "from", 1...Int64.max, "The earlier edition (default: the one before the other).", "较早的版本（默认为另一版本的前一版本）。"
    ).optional
    private static let to = Field.integer(
      "to", 1...Int64.max, "The later edition (default: the draft, with what is in force now).", "较晚的版本（默认为草稿及当前生效内容）。"
    ).optional

    package static let fields: [any InputField] = [HandbookFields.id, from, to]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[HandbookFields.id]
      from = try values[Self.from]
      to = try values[Self.to]
    }
  }

  package struct ChangeOutput: OperationOutput {
    let change: EditionDifference.Change
    let staff: StaffBook

    package static let fields: [OutputField<ChangeOutput>] = [
      OutputField(
        "field", .text, "What differs: owner, roles.First line.people, codes.category/vpn.", "差异项：如 owner、roles.First line.people、codes.category/vpn。"
      ) {
        .text($0.change.field)
      },
      OutputField("before", .document, "What it was; null: it was not said before.", "变更前的值；null 表示此前没有。") { $0.change.before?.value ?? .null },
      OutputField("after", .document, "What it is then; null: it is not said any more.", "变更后的值；null 表示不再有。") { $0.change.after?.value ?? .null },
      OutputField("english", .text, "The change in English words.", "变更的英文表述。") {
        .text(HandbookSpeech(language: .english, staff: $0.staff).sentence($0.change))
      },
      OutputField("chinese", .text, "The change in Chinese words.", "变更的中文表述。") {
        .text(HandbookSpeech(language: .chinese, staff: $0.staff).sentence($0.change))
      },
    ]
  }

  package struct Output: OperationOutput {
    let from: Int64
    let to: Int64?
    let changes: [ChangeOutput]

    package static let fields: [OutputField<Output>] = [
      OutputField("from", .integer, "The earlier edition.", "较早的版本。") { .integer($0.from) },
      OutputField("to", .integer, "The later edition; null: the draft.", "较晚的版本；草稿为 null。") { .integer($0.to) },
      OutputField("changes", listOf: ChangeOutput.self, "What differs, in the order of the handbook.", "差异，按手册的顺序。") { $0.changes },
    ]
  }

  package static let declaration = Declaration(
    "handbook.compare", "Tell what differs between two editions of a handbook, or between one and its draft, in words.",
    zh: "以文字说明流程手册两个版本（或版本与草稿）之间的差异。", permission: HandbookRights.read, roles: HandbookRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let row = try await context.handbook(input.id)
    guard let newest = row.newestSeq else { throw Failure(.conflict, HandbookMessages.notPublished) }
    // The later one first: from it follows which is the earlier, so that nobody is told of a number that he did not give.
    let to = input.to == nil ? nil : try await context.edition(input.to, of: row, path: "to")
    let from = try await context.edition(input.from ?? to.map { max($0.seq - 1, 1) } ?? newest, of: row, path: "from")
    guard let from else { throw Failure(.conflict, HandbookMessages.notPublished) }
    let earlier = (try HandbookContent.read(from.content), HandbookInForce(from.inForce))
    let later =
      if let to { (try HandbookContent.read(to.content), HandbookInForce(to.inForce)) } else {
        (try HandbookContent.read(row.draft), try await context.inForce(try row.known))
      }
    let staff = try await context.staffBook((earlier.0.people + later.0.people).map(\.person) + earlier.1.people + later.1.people)
    let difference = EditionDifference(from: earlier, to: later)
    return Output(from: from.seq, to: to?.seq, changes: difference.changes.map { ChangeOutput(change: $0, staff: staff) })
  }
}

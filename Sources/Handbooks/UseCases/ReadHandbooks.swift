import Kernel
import Operations

package enum ReadHandbook: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let edition: Int64?

    package static let fields: [any InputField] = [HandbookFields.id, HandbookFields.edition]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[HandbookFields.id]
      edition = try values[HandbookFields.edition]
    }
  }

  package static let declaration = Declaration(
    "handbook.read", "Read the handbook of a process: an edition, the draft, and what is missing.", zh: "查看流程手册：版本、草稿与缺漏。",
    permission: HandbookRights.read, roles: HandbookRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> HandbookRecord {
    try await context.handbookRecord(input.id, edition: input.edition)
  }
}

package enum ListEditions: Operation {
  package typealias Input = PageOf<HandbookFields>

  package struct Line: OperationOutput {
    let row: EditionsListed.Found

    package static let fields: [OutputField<Line>] = [
      OutputField(
        "edition", .integer, "Its number, for handbook.read, handbook.compare and handbook.export.",
        "版本号，供 handbook.read、handbook.compare 和 handbook.export 使用。"
      ) {
        .integer($0.row.seq)
      },
      OutputField("publishedAt", .instant, "When it was published.", "发布时间。") { .instant($0.row.publishedAt) },
      OutputField("publishedBy", .text, "By whom.", "发布人。") { .text($0.row.publisher) },
    ]
  }

  package static let declaration = Declaration(
    "handbook.editions", "List the editions of a handbook, the newest first.", zh: "列出流程手册的各版本，最新的在前。", permission: HandbookRights.read,
    roles: HandbookRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Line> {
    let row = try await context.handbook(input.id)
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      EditionsListed(handbook: row.id, before: try after?.integer(0) ?? .max, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.seq)]) }, element: Line.init)
  }
}

/// Every process, with its handbook or without one.
package enum OverviewOfHandbooks: Operation {
  package struct Input: OperationInput {
    let onlyGaps: Bool

    private static let onlyGaps = Field.boolean("onlyGaps", "Only processes of whose handbook something is missing (default: no).", "仅列出手册有缺漏的流程（默认否）。")
      .optional
    package static let fields: [any InputField] = [onlyGaps]

    package init(_ values: InputValues) throws(FieldError) { onlyGaps = try values[Self.onlyGaps] ?? false }
  }

  package struct ProcessOutput: OperationOutput {
    let process: HandbookProcess
    let name: String
    let id: PublicId?
    let row: HandbookRow?
    let owner: String?
    let gaps: [GapOutput]

    package static let fields: [OutputField<ProcessOutput>] = [
      OutputField("process", .text, "The process.", "流程。") { .text($0.process.rawValue) },
      OutputField("name", .text, "What it is called.", "流程名称。") { .text($0.name) },
      OutputField("id", .id, "Its handbook; null: it has none.", "流程手册编号；没有则为 null。") { .id($0.id) },
      OutputField("newest", .integer, "The newest edition; null: none is published.", "最新版本号；null 表示尚未发布。") { .integer($0.row?.newestSeq) },
      OutputField("owner", .text, "Who answers for the process; null: nobody.", "流程负责人；没有则为 null。") { .text($0.owner) },
      OutputField("reviewDueOn", .date, "By which day somebody must look through it; null: none is published.", "复审截止日；尚未发布则为 null。") {
        .date($0.row?.reviewDueOn)
      },
      OutputField("gaps", listOf: GapOutput.self, "What is missing.", "缺漏。") { $0.gaps },
    ]
  }

  package struct Output: OperationOutput {
    let processes: [ProcessOutput]

    package static let fields: [OutputField<Output>] = [
      OutputField("processes", listOf: ProcessOutput.self, "The processes, in a fixed order.", "流程，顺序固定。") { $0.processes }
    ]
  }

  package static let declaration = Declaration(
    "handbook.overview",
    "Tell of every process whether it has a handbook, who answers for it, and what is missing: a review that is overdue, somebody who left.",
    zh: "列出各流程是否有手册、由谁负责以及缺漏（如复审逾期、人员离职）。", permission: HandbookRights.read, roles: HandbookRights.staff, reach: .provider,
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    // One that cannot be read is told, and hides no other.
    var handbooks: [String: (row: HandbookRow, content: HandbookContent?)] = [:]
    for found in try await context.transaction.query(AllHandbooks()) {
      handbooks[found.row.process] = (found.row, HandbookContent.ifReadable(found.newest?.content ?? found.row.draft))
    }
    let staff = try await context.staffBook(handbooks.values.compactMap(\.content).flatMap(\.people).map(\.person))
    let processes = HandbookProcess.allCases.map { process in
      let handbook = handbooks[process.rawValue]
      let gaps =
        handbook.map {
          HandbookGap.gaps(
            of: $0.content, reviewDueOn: $0.row.reviewDueOn, today: context.day, staff, for: OwnedProcess(rawValue: process.rawValue))
        } ?? [.noHandbook]
      return ProcessOutput(
        process: process, name: ProcessWords.name(process).text(context.language), id: handbook.map { context.id(.handbook, $0.row.publicId) },
        row: handbook?.row, owner: handbook?.content?.owner.map(staff.name), gaps: gaps.map { GapOutput(gap: $0, text: $0.text(context.language, staff)) })
    }
    return Output(processes: processes.filter { !input.onlyGaps || !$0.gaps.isEmpty })
  }
}

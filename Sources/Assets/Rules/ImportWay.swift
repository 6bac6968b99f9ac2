import Kernel
import Operations

/// How the lines of a file are taken, whatever they are about.
struct ImportWay: Sendable {
  /// As many lines as one call takes.
  static let mostLines = 20_000

  let match: MatchBy
  let dryRun: Bool
  let keepGoing: Bool

  private static let match = Field.oneOf(
    "match", MatchBy.allCases.map(\.rawValue), "By what a line finds its CI: serial number, asset tag or name.", "匹配方式：serial 序列号、tag 资产标签、name 名称。")
  private static let dryRun = Field.boolean("dryRun", "Only tell what would be done.", "仅预演，不写入。").optional
  private static let keepGoing = Field.boolean(
    "keepGoing", "Take the good lines when others are refused (default: all or nothing).", "有行被拒绝时仍导入其余行（默认全部成功或全不写入）。"
  ).optional

  static let fields: [any InputField] = [CustomerReference.field, match, dryRun, keepGoing]

  /// Of a line.
  static let place = Field.integer("line", 1...Int64.max, "Where it stands in the file (default: its place in the list).", "在文件中的行号（默认为列表中的位置）。")
    .optional

  init(_ values: InputValues) throws(FieldError) {
    match = MatchBy(rawValue: try values[Self.match]) ?? .serial
    dryRun = try values[Self.dryRun] ?? false
    keepGoing = try values[Self.keepGoing] ?? false
  }

  static func lines<Line: LineOfFile>(of line: Line.Type) -> Field<[Line]> {
    Field<[Line]>.list(
      "lines", of: Field<Line>.object("line", "A line of the file.", "文件中的一行。"), count: 1...mostLines, "The lines of the file.", "文件中的各行。")
  }

  /// Whether anything is written when so many lines are refused.
  func writes(refused: Int) -> Bool { !dryRun && (keepGoing || refused == 0) }
}

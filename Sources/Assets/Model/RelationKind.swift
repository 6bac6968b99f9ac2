import Kernel

/// How one CI stands to another, read from left to right.
enum RelationKind: String, Sendable, CaseIterable {
  case runsOn = "runs_on"
  case dependsOn = "depends_on"
  case connectedTo = "connected_to"
  case partOf = "part_of"
  case uses

  /// All of them, as a message names them.
  static let list = allCases.map(\.rawValue).joined(separator: ", ")

  /// What it is called from its own end, and from the other.
  var words: (forward: Message, inverse: Message) {
    switch self {
    case .runsOn: (Message("ci.relation.runs_on", "runs on", zh: "运行于"), Message("ci.relation.runs", "runs", zh: "承载"))
    case .dependsOn:
      (Message("ci.relation.depends_on", "depends on", zh: "依赖于"), Message("ci.relation.needed_by", "is needed by", zh: "被依赖于"))
    case .connectedTo:
      (Message("ci.relation.connected_to", "is connected to", zh: "连接到"), Message("ci.relation.connects", "connects", zh: "被连接自"))
    case .partOf: (Message("ci.relation.part_of", "is part of", zh: "属于"), Message("ci.relation.consists_of", "has as a part", zh: "包含"))
    case .uses: (Message("ci.relation.uses", "uses", zh: "使用"), Message("ci.relation.used_by", "is used by", zh: "被使用于"))
    }
  }

  static let messages = allCases.flatMap { [$0.words.forward, $0.words.inverse] }
}

/// How two CIs stand to each other, by their rows.
struct Relation: Hashable, Sendable {
  let from: Int64
  let kind: RelationKind
  let to: Int64
}

import Kernel

/// What the lines of a file of relations would do to what there is.
enum RelationPlan {
  /// - Parameters:
  ///   - there: those of the lines' relations that are recorded.
  ///   - parts: what is part of what, as far up as the lines' relations lead.
  static func outcomes(
    _ lines: [Result<CiRelation, LineRefusal>], there: Set<Relation>, parts: [(from: Int64, to: Int64)]
  ) -> [LineOutcome<CiRelation>] {
    let told = lines.compactMap { try? $0.get() }.filter { $0.kind == .partOf }
    // Of lines that close a circle together none is right.
    let rings = Rings(parts + told.map { (from: $0.from.id, to: $0.to.id) })
    var known = there
    return lines.map { line in
      switch line {
      case .failure(let refusal): return .refused(refusal.problems)
      case .success(let relation):
        if known.contains(relation.rows) { return .unchanged(relation.from) }
        if relation.kind == .partOf, rings.close(relation.from.id, relation.to.id) {
          return .refused([Failure.Violation(path: "to", AssetsMessages.circleOfLines, ["name": relation.from.content.name])])
        }
        known.insert(relation.rows)
        return .created(relation)
      }
    }
  }
}

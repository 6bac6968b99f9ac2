import Kernel

/// A coverage that is to be recorded.
struct NewCoverage: Sendable {
  let ci: CiRow
  /// What held on its first day until now.
  let was: Coverage?
  let becomes: Coverage
}

/// What the lines of a file of coverage would do to what there is.
enum CoveragePlan {
  private struct Day: Hashable {
    let ci: Int64
    let day: CalendarDate
  }

  /// A line that tells of a day, and another that says otherwise of it.
  private struct Saying {
    let number: Int64
    let line: CiContent.Reference?
    var otherwise: Int64?
  }

  /// - Parameter known: of each CI what covers it one after the other, each day once, the oldest first.
  static func outcomes(
    _ lines: [Result<ToldCoverage, LineRefusal>], numbers: [Int64], known: [Int64: [Coverage]]
  ) -> [LineOutcome<NewCoverage>] {
    let lines = withoutContradictions(lines, numbers)
    var outcomes: [LineOutcome<NewCoverage>] = []
    var ofCis: [Int64: [(index: Int, told: ToldCoverage)]] = [:]
    for (index, line) in lines.enumerated() {
      switch line {
      case .failure(let refusal): outcomes.append(.refused(refusal.problems))
      case .success(let told):
        outcomes.append(.unchanged(told.ci))
        ofCis[told.ci.id, default: []].append((index: index, told: told))
      }
    }
    for (ci, lines) in ofCis {
      var later = (known[ci] ?? [])[...]
      var current: Coverage?
      let days = lines.sorted { ($0.told.coverage.validFrom, $0.index) < ($1.told.coverage.validFrom, $1.index) }
      for (index, line) in days {
        while let next = later.first, next.validFrom <= line.coverage.validFrom { current = later.popFirst() }
        // What holds on that day already need not be told from that day on: without a day, a file would say something new every day.
        guard current?.line != line.coverage.line else { continue }
        let new = NewCoverage(ci: line.ci, was: current, becomes: line.coverage)
        outcomes[index] = current?.line == nil ? .created(new) : .changed(new)
        current = line.coverage
      }
    }
    return outcomes
  }

  /// Of lines that say different things of a CI and a day none is right.
  private static func withoutContradictions(
    _ lines: [Result<ToldCoverage, LineRefusal>], _ numbers: [Int64]
  ) -> [Result<ToldCoverage, LineRefusal>] {
    var said: [Day: Saying] = [:]
    for (line, number) in zip(lines, numbers) {
      guard case .success(let told) = line else { continue }
      let day = Day(ci: told.ci.id, day: told.coverage.validFrom)
      if let first = said[day] {
        if first.otherwise == nil, first.line != told.coverage.line { said[day]?.otherwise = number }
      } else {
        said[day] = Saying(number: number, line: told.coverage.line)
      }
    }
    return lines.map { line in
      guard case .success(let told) = line, let first = said[Day(ci: told.ci.id, day: told.coverage.validFrom)], let otherwise = first.otherwise
      else { return line }
      let other = first.line == told.coverage.line ? otherwise : first.number
      return .failure(LineRefusal(problems: [Failure.Violation(path: "contractLine", AssetsMessages.contradicted, ["line": String(other)])]))
    }
  }
}

import Kernel

/// Why a line is refused.
struct LineRefusal: Error {
  let problems: [Failure.Violation]
}

/// What a line would do to a CI.
enum LineOutcome<Act: Sendable>: Sendable {
  /// It records something that was not there.
  case created(Act)
  /// It takes the place of something.
  case changed(Act)
  case unchanged(CiRow)
  case refused([Failure.Violation])

  var act: Act? {
    switch self {
    case .created(let act), .changed(let act): act
    case .unchanged, .refused: nil
    }
  }

  var isRefused: Bool { if case .refused = self { true } else { false } }
}

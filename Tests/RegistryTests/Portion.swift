import Operations
import Testing

/// A share of the registry's operations, dealt out in turn: a walk over all of them is several tests side by side, each
/// in a world of its own.
struct Portion: Sendable, CustomTestStringConvertible {
  let number: Int
  let count: Int

  static let quarters = (0..<4).map { Portion(number: $0, count: 4) }

  func operations(of world: World) -> [RegisteredOperation] {
    world.registry.operations.enumerated().filter { $0.offset % count == number }.map(\.element)
  }

  var testDescription: String { "\(number + 1) of \(count)" }
}

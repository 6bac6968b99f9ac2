import Kernel
import Testing

/// Expects `body` to fail with a failure of this kind.
package func expectFailure<T>(
  _ kind: Failure.Kind, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> T
) async {
  do {
    _ = try await body()
    Issue.record("expected \(kind.rawValue), but it succeeded", sourceLocation: sourceLocation)
  } catch let failure as Failure {
    if failure.kind != kind { Issue.record("expected \(kind.rawValue), got \(failure)", sourceLocation: sourceLocation) }
  } catch {
    Issue.record("expected \(kind.rawValue), got \(error)", sourceLocation: sourceLocation)
  }
}

extension Value: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) { self = .text(text) }
}

extension Value: ExpressibleByIntegerLiteral {
  package init(integerLiteral integer: Int64) { self = .integer(integer) }
}

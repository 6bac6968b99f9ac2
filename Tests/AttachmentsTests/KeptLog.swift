import Logging
import Synchronization

/// What is logged, for a test to look at.
final class KeptLog: Sendable {
  private let kept = Mutex<[String]>([])

  var logger: Logger { Logger(label: "test") { [self] _ in Handler(log: self) } }

  /// Each line with what it says besides, of the level `error`.
  var errors: [String] { kept.withLock { $0 } }

  private struct Handler: LogHandler {
    let log: KeptLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.error

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { log.kept.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") } }
  }
}

import Foundation
import Testing

/// Real data that lies beside the package, in `../shared/data`; not everybody has it.
package enum RealData {
  /// The package's own folder.
  package static let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// A file or folder of the data. When it is absent: nil, and one line says what was not tested; with
  /// `STEWARD_REQUIRE_DATA=1` the test that asked fails.
  package static func url(_ path: String, sourceLocation: SourceLocation = #_sourceLocation) -> URL? {
    let url = packageRoot.deletingLastPathComponent().appending(path: "shared/data").appending(path: path)
    if FileManager.default.fileExists(atPath: url.path) { return url }
    if ProcessInfo.processInfo.environment["STEWARD_REQUIRE_DATA"] == "1" {
      Issue.record("the real data \(path) is required and absent", sourceLocation: sourceLocation)
    } else {
      FileHandle.standardError.write(Data("skipped, no real data here: \(path)\n".utf8))
    }
    return nil
  }
}

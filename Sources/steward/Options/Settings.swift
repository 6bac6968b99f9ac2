import ArgumentParser
import Configuration
import Foundation
import Kernel
import Logging

/// Where settings come from when no flag gives them: `STEWARD_...` in the environment, else the YAML file of `--config`.
/// A key such as `http.listen` is `STEWARD_HTTP_LISTEN` in the environment.
struct SettingsOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("A YAML file with settings (or STEWARD_CONFIG).", valueName: "file"))
  var config: String?

  @Option(name: .long, help: "trace, debug, info, notice, warning, error or critical (log.level; default notice).")
  var logLevel: String?

  func reader() async throws -> ConfigReader {
    var providers: [any ConfigProvider] = [EnvironmentVariablesProvider().prefixKeys(with: "steward")]
    if let path = config ?? ProcessInfo.processInfo.environment["STEWARD_CONFIG"] {
      guard FileManager.default.fileExists(atPath: path) else { throw Failure(.invalid, CommandMessages.noConfigFile, ["path": path]) }
      providers.append(try await FileProvider<YAMLSnapshot>(filePath: .init(path)))
    }
    return ConfigReader(providers: providers)
  }

  func logger(_ settings: ConfigReader) throws -> Logger {
    let name = logLevel ?? settings.string(forKey: "log.level") ?? "notice"
    guard let level = Logger.Level(rawValue: name) else { throw ValidationError(UsageMessages.noLogLevel, ["level": name]) }
    var logger = Logger(label: "steward") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = level
    return logger
  }
}

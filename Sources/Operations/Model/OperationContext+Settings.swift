import Kernel

/// Versions of what is set as a whole and has no row of its own to count in: a matrix, the words of an event, the time of a sweep.
extension OperationContext {
  /// Where nobody has set anything yet.
  private static let unsetVersion: Int64 = 1

  package func settingVersion(_ setting: String) async throws -> Int64 {
    try await settingVersions([setting])[setting] ?? Self.unsetVersion
  }

  package func settingVersions(_ settings: [String]) async throws -> [String: Int64] {
    let unset = Dictionary(settings.map { ($0, Self.unsetVersion) }) { first, _ in first }
    let set = try await transaction.query(SettingVersions(tenant: tenant.id, settings: settings))
    return set.reduce(into: unset) { $0[$1.setting] = $1.version }
  }

  /// Refuses whoever saw another version than there is, and counts on. Call it before anything is written: from then on nobody else sets the
  /// same until the transaction ends.
  /// - Returns: the version as it is now.
  @discardableResult package func raiseSetting(_ setting: String) async throws -> Int64 {
    let current = try await settingVersion(setting)
    try requireVersion(current)
    guard let raised = try await transaction.first(RaiseSettingVersion(tenant: tenant.id, setting: setting, version: current)) else {
      throw Failure(.versionMismatch, OperationMessages.versionMismatch, ["expected": String(current), "current": String(current + 1)])
    }
    return raised
  }
}

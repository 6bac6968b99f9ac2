/// Where a contract line stands.
package enum LineState: String, Sendable, CaseIterable {
  /// In force while its contract is. May go to `ended`.
  case active
  /// Over. Goes nowhere.
  case ended
}

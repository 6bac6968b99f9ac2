/// Where a contract line stands.
package enum LineState: String, Sendable, CaseIterable {
  /// Being prepared: it promises nothing. May go to `active`, `ended`.
  case draft
  /// In force while its contract is. May go to `ended`.
  case active
  /// Over. Goes nowhere.
  case ended
}

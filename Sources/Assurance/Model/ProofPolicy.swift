/// Whether a contract may make promises that nothing backs.
package enum ProofPolicy: String, Sendable, CaseIterable {
  /// It may; the gaps are recorded and shown. The default: an installation that never wrote down its teams can go on.
  case advised
  /// It may not, unless somebody accepted every gap as a risk.
  case required
}

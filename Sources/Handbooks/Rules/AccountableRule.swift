import Kernel
import Operations

/// Who answers for what nobody has taken: the process owner of the handbook's newest edition, or else its manager; else whom the provider names
/// for the process; else the administrator who has been there longest. Whoever has left, or may not work on the process for all customers, is passed
/// over: what nobody has taken may be anybody's, and who cannot see it answers for nothing.
struct AccountableRule: Sendable {
  /// An active member of the staff.
  struct Staff: Sendable, Equatable {
    let id: Int64
    let publicId: [UInt8]
    let name: String
  }

  /// By their public ids, those who are still there and may answer.
  private let able: [[UInt8]: Staff]
  private let administrator: Staff?

  init(able: [Staff], administrator: Staff?) {
    self.able = Dictionary(able.map { ($0.publicId, $0) }) { first, _ in first }
    self.administrator = administrator
  }

  /// - Parameters:
  ///   - handbook: who stands in the edition in force, in the order in which they are asked.
  ///   - named: whom the provider names.
  /// - Returns: nil: nobody is there at all.
  func choose(handbook: [[UInt8]], named: [UInt8]?) -> Accountable? {
    if let staff = handbook.compactMap({ able[$0] }).first { return accountable(staff, .handbook) }
    if let staff = named.flatMap({ able[$0] }) ?? administrator { return accountable(staff, .standard) }
    return nil
  }

  private func accountable(_ staff: Staff, _ rule: Accountable.Rule) -> Accountable {
    Accountable(id: staff.id, publicId: staff.publicId, name: staff.name, rule: rule)
  }
}

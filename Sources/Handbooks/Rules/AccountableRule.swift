import Kernel
import Operations

/// Who answers for what nobody has taken: the process owner of the handbook's newest edition, or else its manager; else whom the provider names
/// for the process; else the administrator who has been there longest. Whoever has left is passed over.
struct AccountableRule: Sendable {
  /// An active member of the staff.
  struct Staff: Sendable, Equatable {
    let id: Int64
    let publicId: [UInt8]
    let name: String
  }

  /// By their public ids, those who are still there.
  private let active: [[UInt8]: Staff]
  private let administrator: Staff?

  init(active: [Staff], administrator: Staff?) {
    self.active = Dictionary(active.map { ($0.publicId, $0) }) { first, _ in first }
    self.administrator = administrator
  }

  /// - Parameters:
  ///   - handbook: who stands in the edition in force, in the order in which they are asked.
  ///   - named: whom the provider names.
  /// - Returns: nil: nobody is there at all.
  func choose(handbook: [[UInt8]], named: [UInt8]?) -> Accountable? {
    if let staff = handbook.compactMap({ active[$0] }).first { return accountable(staff, .handbook) }
    if let staff = named.flatMap({ active[$0] }) ?? administrator { return accountable(staff, .standard) }
    return nil
  }

  private func accountable(_ staff: Staff, _ rule: Accountable.Rule) -> Accountable {
    Accountable(id: staff.id, publicId: staff.publicId, name: staff.name, rule: rule)
  }
}

import Kernel

/// Who the people of a handbook are now.
struct StaffBook: Sendable {
  struct Entry: Sendable {
    let publicId: [UInt8]
    let name: String
    /// Whether the account may still log in: somebody who left may not.
    let isActive: Bool
    /// What of the permissions that an owned process needs he has for all customers.
    var permissions: [String] = []
  }

  private let byId: [[UInt8]: Entry]

  init(_ entries: [Entry]) { byId = Dictionary(entries.map { ($0.publicId, $0) }) { first, _ in first } }

  func knows(_ person: PublicId) -> Bool { byId[person.random] != nil }
  func isActive(_ person: PublicId) -> Bool { byId[person.random]?.isActive ?? false }
  /// Whether he may answer for what nobody has taken of a process.
  func mayAnswer(_ person: PublicId, for process: OwnedProcess) -> Bool { byId[person.random]?.permissions.contains(process.permission) ?? false }
  func name(_ person: PublicId) -> String { byId[person.random]?.name ?? person.description }
}

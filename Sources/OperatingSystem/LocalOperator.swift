/// Who sits at this machine's terminal, for the audit record of what is done without a login.
///
/// The process's own user, unless that is root reached through sudo: then the person who called sudo. `SUDO_USER` is
/// believed only of a process that runs as root and only if it names the same user as `SUDO_UID`: anyone can set a
/// variable, but an ordinary user who does so stays the user that they are, and root can claim anything anyway.
package struct LocalOperator: Hashable, Sendable, CustomStringConvertible {
  package let name: String
  package let usesSudo: Bool

  package init(account: UserAccount = .current, environment: [String: String]) {
    if account.userId == 0, let sudoUser = environment["SUDO_USER"], sudoUser != account.name, let caller = UserAccount(name: sudoUser),
      environment["SUDO_UID"] == String(caller.userId)
    {
      name = caller.name
      usesSudo = true
    } else {
      name = account.name
      usesSudo = false
    }
  }

  package var description: String { usesSudo ? "\(name) (sudo)" : name }
}

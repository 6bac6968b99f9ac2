import Glibc

/// A user of this machine, as the name service knows it.
package struct UserAccount: Hashable, Sendable {
  package let name: String
  package let userId: uid_t
  package let groupId: gid_t

  /// Nil when there is no such user (or the name service does not answer).
  package init?(name: String) {
    guard let found = Self.lookUp({ getpwnam_r(name, $0, $1, $2, $3) }) else { return nil }
    self = found
  }

  package init?(userId: uid_t) {
    guard let found = Self.lookUp({ getpwuid_r(userId, $0, $1, $2, $3) }) else { return nil }
    self = found
  }

  private init(name: String, userId: uid_t, groupId: gid_t) {
    self.name = name
    self.userId = userId
    self.groupId = groupId
  }

  /// The user this process acts as. A container may run under a user id that has no name: then the id is the name.
  package static var current: UserAccount {
    UserAccount(userId: geteuid()) ?? UserAccount(name: String(geteuid()), userId: geteuid(), groupId: getegid())
  }

  /// Every group of the user, its own among them.
  package var groupIds: [gid_t] {
    var count: Int32 = 32
    var groups: [gid_t] = []
    // getgrouplist answers -1 and the number it needs when the room is too small; 65,536 is the kernel's limit.
    while count <= 65_536 {
      groups = [gid_t](repeating: groupId, count: Int(count))
      let room = count
      if getgrouplist(name, groupId, &groups, &count) >= 0 { return Array(groups.prefix(Int(count))) }
      count = max(count, room * 2)
    }
    return [groupId]
  }

  private typealias LookUp = (UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int, UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>) -> Int32

  private static func lookUp(_ call: LookUp) -> UserAccount? {
    var size = 1024
    // An entry longer than a megabyte is no user.
    while size <= 1 << 20 {
      var entry = passwd()
      var found: UnsafeMutablePointer<passwd>?
      let (status, account) = withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer -> (Int32, UserAccount?) in
        guard let base = buffer.baseAddress else { return (ENOMEM, nil) }
        let status = call(&entry, base, size, &found)
        guard status == 0, found != nil, let name = entry.pw_name else { return (status, nil) }
        return (0, UserAccount(name: String(cString: name), userId: entry.pw_uid, groupId: entry.pw_gid))
      }
      switch status {
      case ERANGE: size *= 4
      case EINTR: continue
      default: return account
      }
    }
    return nil
  }
}

import Glibc

/// A group of this machine, as the name service knows it.
package struct UserGroup: Hashable, Sendable {
  package let name: String
  package let groupId: gid_t

  /// Nil when there is no such group (or the name service does not answer).
  package init?(name: String) {
    var size = 1024
    // A group of many members has a long entry; one longer than a megabyte is no group.
    while size <= 1 << 20 {
      var entry = group()
      var found: UnsafeMutablePointer<group>?
      let status = withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer in
        buffer.baseAddress.map { getgrnam_r(name, &entry, $0, size, &found) } ?? ENOMEM
      }
      switch status {
      case ERANGE: size *= 4
      case EINTR: continue
      case 0 where found != nil:
        self.name = name
        groupId = entry.gr_gid
        return
      default: return nil
      }
    }
    return nil
  }
}

import Glibc

/// Who of this machine's users may act as the operator through a local socket: root, the user that this process runs as,
/// and the members of one group.
package struct LocalPeerRule: Sendable {
  private let ownUserId: uid_t
  private let groupId: gid_t?

  package init(ownUserId: uid_t = geteuid(), groupId: gid_t?) {
    self.ownUserId = ownUserId
    self.groupId = groupId
  }

  /// The name under which the peer's acts are recorded; nil for everybody else. It asks the name service, which may take
  /// its time: not on an event loop.
  package func operatorName(_ peer: PeerCredentials) -> String? {
    let account = UserAccount(userId: peer.userId)
    let isMember = groupId.map { peer.groupId == $0 || (account?.groupIds.contains($0) ?? false) } ?? false
    guard peer.userId == 0 || peer.userId == ownUserId || isMember else { return nil }
    return account?.name ?? String(peer.userId)
  }
}

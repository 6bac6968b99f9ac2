import Glibc
import Kernel
import OperatingSystem
import Operations

extension FolderStore {
  package func removeIncoming(before instant: Instant, limit: Int) async throws {
    try await offLoop { [self] in
      let incoming = folder + "/" + Self.incoming
      var removed = 0
      try FileCalls.eachName(in: incoming) { name in
        let path = incoming + "/" + name
        guard FileCalls.isFile(path, unchangedSince: instant) else { return true }
        guard unlink(path) == 0 || errno == ENOENT else { throw SystemCallError("unlink", path) }
        removed += 1
        return removed < limit
      }
    }
  }

  package func tenants() async throws -> [TenantHandle] {
    try await offLoop { [self] in
      var found: [TenantHandle] = []
      try FileCalls.eachName(in: folder) { name in
        if let handle = TenantHandle(name) { found.append(handle) }
        return true
      }
      return found
    }
  }

  package func contents(of tenant: TenantHandle, part: UInt8, before instant: Instant) async throws -> [[UInt8]] {
    try await offLoop { [self] in
      let folder = "\(folder)/\(tenant)/\(Self.name([part]))"
      var found: [[UInt8]] = []
      try FileCalls.eachName(in: folder) { name in
        if let digest = Self.digest(name), digest.first == part, FileCalls.isFile(folder + "/" + name, unchangedSince: instant) { found.append(digest) }
        return true
      }
      return found
    }
  }
}

import Glibc
import Kernel
import OperatingSystem
import Operations

extension FolderStore {
  package func removeIncoming(before instant: Instant, limit: Int) async throws {
    try await offLoop { [self] in _ = try Self.removeFiles(in: folder + "/" + Self.incoming, before: instant, limit: limit) }
  }

  package func remove(_ digest: [UInt8], of tenant: TenantHandle, before instant: Instant) async throws {
    let isRemoved = try await offLoop { [self] in
      let path = path(of: digest, tenant)
      // Looked at here and now, for the caller's lock may be lost.
      guard FileCalls.isThere(path), !FileCalls.isFile(path, newerThan: instant) else { return false }
      guard unlink(path) == 0 || errno == ENOENT else { throw SystemCallError("unlink", path) }
      return true
    }
    if isRemoved { figures.count(.removed) }
  }

  package func setAside(_ digest: [UInt8], of tenant: TenantHandle, before instant: Instant, now: Instant) async throws -> Bool {
    try await offLoop { [self] in
      let path = path(of: digest, tenant)
      guard FileCalls.isFile(path, unchangedSince: instant) else { return !FileCalls.isThere(path) }
      let aside = asidePath(of: digest, tenant)
      try FileCalls.makeFolder(folder + "/" + Self.unclaimed)
      try FileCalls.makeFolder(Self.folder(of: aside))
      // The time first: whoever dies in between leaves a file that looks new, and not one that has been aside for long.
      try FileCalls.touch(path, at: now)
      guard rename(path, aside) == 0 || errno == ENOENT else { throw SystemCallError("rename", path) }
      // The new place first, so that a power cut leaves it at one of both.
      for changed in [Self.folder(of: aside), Self.folder(of: path)] { try FileCalls.sync(changed) }
      figures.count(.unclaimed)
      return true
    }
  }

  package func removeSetAside(before instant: Instant, limit: Int) async throws -> Int {
    let count = try await offLoop { [self] in
      let unclaimed = folder + "/" + Self.unclaimed
      var removed = 0
      try FileCalls.eachName(in: unclaimed) { name in
        guard TenantHandle(name) != nil else { return true }
        removed += try Self.removeFiles(in: unclaimed + "/" + name, before: instant, limit: limit - removed)
        return removed < limit
      }
      return removed
    }
    if count > 0 { figures.count(.removed, count) }
    return count
  }

  /// Gives what was set aside its name again, because somebody has it after all.
  func takeBack(_ digest: [UInt8], of tenant: TenantHandle) throws(SystemCallError) {
    let (path, aside) = (path(of: digest, tenant), asidePath(of: digest, tenant))
    guard FileCalls.isThere(aside), !FileCalls.isThere(path) else { return }
    let part = Self.folder(of: path)
    for made in [Self.folder(of: part), part] { try FileCalls.makeFolder(made) }
    guard rename(aside, path) == 0 else {
      if errno == ENOENT { return }
      throw SystemCallError("rename", aside)
    }
    for changed in [part, Self.folder(of: aside)] { try FileCalls.sync(changed) }
    figures.count(.reclaimed)
  }

  func asidePath(of digest: [UInt8], _ tenant: TenantHandle) -> String { "\(folder)/\(Self.unclaimed)/\(tenant)/\(Self.name(digest))" }

  private static func folder(of path: String) -> String { String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)) }

  private static func removeFiles(in folder: String, before instant: Instant, limit: Int) throws -> Int {
    guard limit > 0 else { return 0 }
    var removed = 0
    try FileCalls.eachName(in: folder) { name in
      let path = folder + "/" + name
      guard FileCalls.isFile(path, unchangedSince: instant) else { return true }
      guard unlink(path) == 0 || errno == ENOENT else { throw SystemCallError("unlink", path) }
      removed += 1
      return removed < limit
    }
    return removed
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

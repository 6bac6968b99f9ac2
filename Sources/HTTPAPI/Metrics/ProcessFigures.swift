import FoundationEssentials

/// What the system says of this process; nil where it does not say (`/proc` is Linux's).
struct ProcessFigures {
  let residentBytes: Double?
  let openFiles: Double?
  let fileLimit: Double?
  let startedAtSeconds: Double?

  init() {
    let statm = Self.text("/proc/self/statm")?.split(separator: " ") ?? []
    residentBytes = statm.count > 1 ? Double(statm[1]).map { $0 * Self.pageBytes } : nil
    openFiles = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { Double($0.count) }
    let limits = Self.text("/proc/self/limits")?.split(separator: "\n").first { $0.hasPrefix("Max open files") }
    fileLimit = limits?.dropFirst("Max open files".count).split(separator: " ").first.flatMap { Double($0) }
    startedAtSeconds = Self.started()
  }

  /// Linux on the processors that we build for; only this figure depends on it.
  private static let pageBytes = 4096.0
  private static let ticksPerSecond = 100.0

  /// Field 22 of `stat` counts ticks since boot; the name before it may hold spaces, so counting begins behind it.
  private static func started() -> Double? {
    guard let stat = text("/proc/self/stat"), let end = stat.lastIndex(of: ")") else { return nil }
    let fields = stat[stat.index(after: end)...].split(separator: " ")
    guard fields.count > 19, let ticks = Double(fields[19]),
      let boot = text("/proc/stat")?.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
      let bootSeconds = boot.split(separator: " ").last.flatMap({ Double($0) })
    else { return nil }
    return bootSeconds + ticks / ticksPerSecond
  }

  private static func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}

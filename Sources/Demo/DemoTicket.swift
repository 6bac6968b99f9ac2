import Kernel

/// What happens to one ticket of the demonstration, planned ahead: the acts and their instants.
struct DemoTicket: Sendable {
  enum Act: Sendable {
    case open(title: String, category: String, impact: Int64, urgency: Int64)
    case start
    case hold(reason: String)
    case resume
    case resolve
    case reopen
    case close
  }

  let acts: [(at: Instant, act: Act)]

  /// Plans a ticket that arrives at `opened`. The shape follows the real logs: few urgent ones, a fifth that waits for
  /// the requester, some that come back, closure days after the resolution, and a few that lie too long.
  init(opened: Instant, language: String, random: inout DemoRandom) {
    let subject = random.pick(Self.subjects) ?? ("Question", "疑问", "other")
    let level = random.pick(Self.levels) ?? (2, 2, 3)
    var acts: [(Instant, Act)] = [
      (opened, .open(title: language == "en" ? subject.0 : subject.1, category: subject.2, impact: level.0, urgency: level.1))
    ]
    var now = opened
    func later(_ seconds: Int64) -> Instant {
      now = now.adding(seconds: seconds)
      return now
    }
    // Urgent tickets are taken up and solved sooner.
    let haste: Int64 = level.2 <= 2 ? 4 : 1
    acts.append((later(random.waitingSeconds(median: 3600 / haste)), .start))
    if random.chance(percent: 20) {
      acts.append((later(random.waitingSeconds(median: 3600)), .hold(reason: random.chance(percent: 80) ? "awaiting_requester" : "awaiting_supplier")))
      acts.append((later(random.waitingSeconds(median: 40_000)), .resume))
    }
    if random.chance(percent: 97) {
      acts.append((later(random.waitingSeconds(median: 36_000 / haste)), .resolve))
      if random.chance(percent: 4) {
        acts.append((later(random.waitingSeconds(median: 30_000)), .reopen))
        acts.append((later(random.waitingSeconds(median: 20_000)), .resolve))
      }
      acts.append((later(5 * 86_400), .close))
    }
    self.acts = acts.map { (at: $0.0, act: $0.1) }
  }

  private static let levels: [((Int64, Int64, Int64), weight: Int)] = [
    ((1, 1, 1), 1), ((1, 2, 2), 2), ((2, 1, 2), 2), ((2, 2, 3), 80), ((2, 3, 4), 8), ((3, 2, 4), 5), ((3, 3, 5), 2),
  ]

  private static let subjects: [((String, String, String), weight: Int)] = [
    (("Mailbox does not open", "邮箱无法打开", "mail/client"), 14), (("VPN drops every few minutes", "VPN 频繁断线", "network/vpn"), 12),
    (("Password expired", "密码已过期", "access/password"), 16), (("Printer out of order", "打印机故障", "device/printer"), 9),
    (("Order system is slow", "订单系统响应缓慢", "application/erp"), 11), (("No access to a shared folder", "无法访问共享文件夹", "access/share"), 10),
    (("Laptop does not start", "笔记本电脑无法启动", "device/laptop"), 7), (("Wireless network unreachable", "无线网络无法连接", "network/wifi"), 8),
    (("Backup reported an error", "备份任务报错", "service/backup"), 5), (("Phone has no line", "电话无法接通", "voice/phone"), 4),
    (("Report shows wrong figures", "报表数据错误", "application/report"), 6), (("Server room temperature alarm", "机房温度告警", "monitoring/facility"), 2),
  ]
}

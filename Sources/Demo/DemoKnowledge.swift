import Kernel

/// What the provider of the demonstration has written down: an article for the commonest subjects of its tickets.
struct DemoKnowledge {
  let teller: DemoTeller

  private struct Article {
    let category: String
    let kind: Value
    let audience: Value
    let title: (english: String, chinese: String)
    let texts: [(field: String, english: String, chinese: String)]
  }

  private static let articles = [
    Article(
      category: "network/vpn", kind: "known_error", audience: "customers", title: ("VPN drops every few minutes", "VPN 频繁断线"),
      texts: [
        ("symptom", "The tunnel closes whenever it is idle for some minutes.", "隧道空闲数分钟后即断开。"),
        ("cause", "The firewall forgets idle connections sooner than the client expects.", "防火墙清除空闲连接的时间短于客户端的预期。"),
        ("workaround", "Install the new profile: it sends a keep-alive every 20 seconds.", "安装新的配置文件：每 20 秒发送一次保活。"),
      ]),
    Article(
      category: "access/password", kind: "how_to", audience: "customers", title: ("Set a new password after it has expired", "密码过期后设置新密码"),
      texts: [
        ("body", "Open the portal from the office network, choose *Password*, and confirm with the code on your telephone.", "在办公网络中打开门户，选择*密码*，并用手机验证码确认。")
      ]),
    Article(
      category: "mail/client", kind: "solution", audience: "customers", title: ("The mailbox does not open", "邮箱无法打开"),
      texts: [
        ("body", "- Close the mail program.\n- Delete its local index.\n- Start it again: the index is built anew.", "- 关闭邮件程序。\n- 删除本地索引。\n- 重新启动，索引会自动重建。")
      ]),
    Article(
      category: "device/printer", kind: "solution", audience: "internal", title: ("Printer out of order: fuser or queue", "打印机故障：定影器或队列"),
      texts: [("body", "Empty the queue first. If the panel shows 50.x, send a technician with a fuser.", "先清空打印队列；若面板显示 50.x，请派技术员携带定影器。")]),
    Article(
      category: "access/share", kind: "policy", audience: "internal", title: ("Who may be given a shared folder", "共享文件夹的授权规则"),
      texts: [("body", "The folder's owner agrees in writing. Membership is by group, never by person.", "须经文件夹所有者书面同意；只通过组授权，不直接授权个人。")]),
    Article(
      category: "application/erp", kind: "known_error", audience: "internal", title: ("The order system is slow on Monday mornings", "订单系统周一上午响应缓慢"),
      texts: [
        ("symptom", "Searches take a minute between 8 and 10 o'clock.", "8 点到 10 点之间查询需要一分钟。"),
        ("cause", "The weekly statistics of the database run until 10.", "数据库每周统计任务运行到 10 点。"),
        ("workaround", "Stop the job `weekly_stats`; it goes on at night.", "停止作业 `weekly_stats`，夜间会继续运行。"),
      ]),
  ]

  /// Gives the articles by the category of the tickets that they help with.
  func make() async throws -> [String: Value] {
    var made: [String: Value] = [:]
    for article in Self.articles {
      var members = [
        Value.Member("kind", article.kind), Value.Member("audience", article.audience), Value.Member("title", Self.text(article.title)),
      ]
      members += article.texts.map { Value.Member($0.field, Self.text(($0.english, $0.chinese))) }
      let draft = try await teller.call("article.create", members)
      let id = draft["id"] ?? .null
      try await teller.call(
        "article.bypass", ["id": id, "reason": "The demonstration has one teller, who reviews nobody."], version: draft["version"]?.integer)
      made[article.category] = id
    }
    return made
  }

  private static func text(_ text: (english: String, chinese: String)) -> Value { .object(["en": .text(text.english), "zh-Hans": .text(text.chinese)]) }
}
